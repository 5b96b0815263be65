import { askChild } from "../children/ask-child.js";
import { installGit, isGitEnough } from "../recipe/git-version.js";
import { failed, lacking, passed, type Check } from "./checks.js";

const nodeAtLeast = [20, 19] as const;

const output = async (file: string, args: readonly string[]): Promise<string | null> => {
  const end = await askChild(file, args, 5_000, { env: { PATH: process.env["PATH"] ?? "", LC_ALL: "C" } });
  return end === null ? null : `${end.stdout}${end.stderr}`.trim();
};

const firstLine = (text: string): string => text.split("\n", 1)[0] ?? "";

/** Checks the version of the node that runs us. */
export const checkNode = (version: string): Check => {
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
  const enough = major > nodeAtLeast[0] || (major === nodeAtLeast[0] && minor >= nodeAtLeast[1]);
  return enough ? passed("node", version) : failed("node", `${version} is too old`, `Install Node ${nodeAtLeast.join(".")} or newer.`);
};

/** Only Linux will do: the lock, the death signal and the sweep for survivors need its kernel and /proc. */
export const checkPlatform = (platform: NodeJS.Platform): Check =>
  platform === "linux"
    ? passed("kernel", "Linux")
    : failed("kernel", `${platform} has neither /proc nor a death signal`, "Run recipe-ci on a Linux host, or in a Linux virtual machine.");

const installUtilLinux = "apt-get install util-linux";

/** Checks a tool of util-linux that must be there. BusyBox's is refused, because its options differ from what was tested. */
const checkTool = async (name: string, why: string): Promise<Check> => {
  const said = await output(name, ["--version"]);
  if (said === null) return failed(name, `not on PATH: ${why}`, installUtilLinux);
  return /busybox/i.test(said) || !/util-linux/.test(said)
    ? failed(name, `not util-linux's (${firstLine(said)}): ${why}`, installUtilLinux)
    : passed(name, firstLine(said));
};

/** Checks git by what it prints as its version; null: there is none. */
export const checkGit = (said: string | null): Check => {
  if (said === null) return failed("git", "not on PATH: recipes are git repositories", "apt-get install git");
  return isGitEnough(said) ? passed("git", firstLine(said)) : failed("git", `${firstLine(said)} is too old`, installGit);
};

const checkSetpriv = async (): Promise<Check> => {
  const said = await output("setpriv", ["--version"]);
  if (said === null) {
    return lacking("setpriv", "not on PATH: only the launcher's pipe tells us then that CI is gone", installUtilLinux);
  }
  return /util-linux/.test(said)
    ? passed("setpriv", firstLine(said))
    : failed("setpriv", "a BusyBox userland: its setpriv has no --pdeathsig", installUtilLinux);
};

/** Checks the programs that every run needs, in the sandbox too. */
export const checkUserland = async (): Promise<readonly Check[]> => [
  checkPlatform(process.platform),
  checkNode(process.version),
  ...(await Promise.all([
    output("git", ["--version"]).then(checkGit),
    checkTool("flock", "waiting for a lock is done by it"),
    checkTool("setsid", "a run must be in a session of its own"),
    checkSetpriv(),
  ])),
];
