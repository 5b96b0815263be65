import { chmodSync, chownSync, lchownSync, lstatSync, readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { RunError } from "../../../machines/errors.js";
import { ownProgram } from "../../children/find-executable.js";
import { walkTree } from "../../recipe/walk-tree.js";

/** The user who may do nothing, as whom a stranger's program runs. */
export interface Nobody {
  readonly uid: number;
  readonly gid: number;
  /** Of util-linux, like the other. */
  readonly setpriv: string;
  readonly unshare: string;
  readonly prlimit: string;
}

/**
 * The kernel counts processes by user, all that run as nobody on the host together, and open files by process; a browser has two hundred
 * threads, and node as many files open as a package has. No bound is set on memory, which a browser reserves by the terabyte, nor on how
 * many files there may be.
 */
const limits = { nproc: 2_048, nofile: 16_384, fsize: 256 * 1024 ** 2, core: 0 } as const;

/** A host, or a container, that lets us have fewer files lets nobody raise that: who asks for more is refused all. */
const ourFilesMax = (): number => {
  const [, most = ""] = /^Max open files +\w+ +(\d+) /m.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
  return most === "" ? limits.nofile : Number(most);
};

const bounds = (): readonly string[] => {
  const most = { ...limits, nofile: Math.min(limits.nofile, ourFilesMax()) };
  return Object.entries(most).map(([name, at]) => `--${name}=${at}:${at}`);
};

const noOne = 65_534;

const idsIn = (passwd: string): { readonly uid: number; readonly gid: number } => {
  const [, , uid = "", gid = ""] = passwd.split("\n").find((line) => line.startsWith("nobody:"))?.split(":") ?? [];
  return { uid: Number(uid) || noOne, gid: Number(gid) || noOne };
};

const accounts = (): string => {
  try {
    return readFileSync("/etc/passwd", "utf8");
  } catch {
    return ""; // The number of nobody is the same everywhere but on old systems.
  }
};

/** Null where we are not root and so can become nobody else. Throws `host-lacks` (69) where root has no setpriv, unshare or prlimit. */
export const findNobody = (): Nobody | null => {
  if (process.getuid?.() !== 0) return null;
  const [setpriv, unshare, prlimit] = ["setpriv", "unshare", "prlimit"].map((name) => ownProgram(name, process.env["PATH"] ?? ""));
  if (setpriv && unshare && prlimit) return { ...idsIn(accounts()), setpriv, unshare, prlimit };
  throw new RunError("host-lacks", "the recipe's own tests may run here, but setpriv, unshare and prlimit of util-linux, which make them run as nobody, are not installed", { hint: "Install util-linux, or take the recipe off allowRepoTests." });
};

/** The first process of a namespace heeds no signal that it has no handler for: so the program is its second one. */
const asSecond = ["/bin/sh", "-c", '"$@"; exit $?', "sh"] as const;

/**
 * The command under nobody's name: no group, no capability, no way back to any, and bounds on processes, open files and the size of a file. It
 * still dies with us.
 *
 * In a process namespace of its own, so that nothing of it outlives it, whatever it did to leave its group and to empty
 * its environment: the kernel ends what is left as the first process ends. Shared memory, semaphores and queues of System V
 * go with a namespace of their own: they are no process's, and would stay until the host is started again.
 */
export const asNobody = ({ uid, gid, setpriv, unshare, prlimit }: Nobody, file: string): { readonly file: string; readonly args: readonly string[] } => ({
  file: unshare,
  args: ["--pid", "--ipc", "--fork", "--kill-child=KILL", "--mount-proc", "--", prlimit, ...bounds(), setpriv,
    // The death signal once more: the kernel forgets it where the user changes.
    `--reuid=${uid}`, `--regid=${gid}`, "--clear-groups", "--no-new-privs", "--inh-caps=-all", "--bounding-set=-all", "--pdeathsig", "KILL", "--", ...asSecond, file],
});

const mayPass = (folder: string): boolean => (statSync(folder).mode & 0o001) !== 0;

/** The nearest folder above, or the one itself, that others may not pass. */
const closedAbove = (folder: string): string | null => {
  for (let at = folder; ; at = dirname(at)) {
    if (!mayPass(at)) return at;
    if (at === dirname(at)) return null;
  }
};

/**
 * Opens the run's folder and that of all runs for passing through, not for listing, and the copied programs for reading.
 * Throws `own-code-unreachable` (2) where a folder further up is closed.
 */
export const openForNobody = async (runDir: string, programs: string): Promise<void> => {
  for (const folder of [runDir, dirname(runDir)]) {
    const { uid, mode } = statSync(folder);
    if (uid === process.getuid?.()) chmodSync(folder, mode | 0o001);
  }
  const closed = closedAbove(runDir);
  if (closed !== null) {
    throw new RunError("own-code-unreachable", `the recipe's own tests are to run as nobody, who may not pass through ${closed}`, { hint: "Set CCCI_RUNS_DIR to a folder that others may pass, like /var/lib/cc-ci-runs, or take the recipe off allowRepoTests." });
  }
  chmodSync(programs, 0o755);
  for await (const { full, stats } of walkTree(Buffer.from(programs))) {
    if (!stats.isSymbolicLink()) chmodSync(full, stats.isDirectory() || (stats.mode & 0o100) !== 0 ? 0o755 : 0o644);
  }
};

/** Hands a folder of the run over to nobody, as it was made and empty. */
export const giveToNobody = ({ uid, gid }: Nobody, folder: string): void => {
  if (lstatSync(folder).isDirectory()) chownSync(folder, uid, gid);
};

/** Takes it back once its program has ended: the programs of other runs are nobody's as well. Its parent folder is ours, so it is what we made. */
export const takeFromNobody = (folder: string): void => {
  lchownSync(folder, process.getuid?.() ?? 0, process.getgid?.() ?? 0);
  if (lstatSync(folder).isDirectory()) chmodSync(folder, 0o700);
};
