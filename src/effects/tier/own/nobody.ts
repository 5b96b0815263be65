import { chmodSync, chownSync, lchownSync, lstatSync, readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { RunError } from "../../../machines/errors.js";
import { ownProgram } from "../../children/find-executable.js";
import { walkTree } from "../../recipe/walk-tree.js";

/** The unprivileged user as whom a stranger's program runs, and the tools that this needs. */
export interface Nobody {
  readonly uid: number;
  readonly gid: number;
  /** From util-linux, like the other. */
  readonly setpriv: string;
  readonly unshare: string;
  readonly prlimit: string;
}

/**
 * The kernel counts processes per user, so for everything that runs as nobody on the host, and open files per process.
 * A browser has two hundred threads, and node opens as many files as a package has. There is no limit on memory, of
 * which a browser reserves terabytes, nor on the number of files.
 */
const limits = { nproc: 2_048, nofile: 16_384, fsize: 256 * 1024 ** 2, core: 0 } as const;

/** If the host or the container allows us fewer files, nobody cannot raise that, and asking for more is refused altogether. */
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
  const [, , uid = "", gid = ""] =
    passwd
      .split("\n")
      .find((line) => line.startsWith("nobody:"))
      ?.split(":") ?? [];
  return { uid: Number(uid) || noOne, gid: Number(gid) || noOne };
};

const accounts = (): string => {
  try {
    return readFileSync("/etc/passwd", "utf8");
  } catch {
    return ""; // Except on old systems, the number of nobody is the same everywhere.
  }
};

/** Null if we are not root and so cannot become another user. Throws `host-lacks` (69) if root has no setpriv, unshare or prlimit. */
export const findNobody = (): Nobody | null => {
  if (process.getuid?.() !== 0) return null;
  const [setpriv, unshare, prlimit] = ["setpriv", "unshare", "prlimit"].map((name) => ownProgram(name, process.env["PATH"] ?? ""));
  if (setpriv && unshare && prlimit) return { ...idsIn(accounts()), setpriv, unshare, prlimit };
  throw new RunError(
    "host-lacks",
    "the recipe's own tests may run here, but setpriv, unshare and prlimit of util-linux, which make them run as nobody, are not installed",
    { hint: "Install util-linux, or take the recipe off allowRepoTests." },
  );
};

/** The first process of a namespace ignores signals for which it has no handler, so the program is the second. */
const asSecond = ["/bin/sh", "-c", '"$@"; exit $?', "sh"] as const;

/**
 * The command as user nobody: without groups and capabilities and without a way to regain any, and with limits on
 * processes, open files and file size. It still dies with us.
 *
 * It has a pid namespace of its own, so that nothing outlives it, even if it left its group or cleared its environment:
 * when the first process ends, the kernel ends the rest. It has an IPC namespace too, because System V's shared memory,
 * semaphores and queues belong to no process and would stay until the host restarts.
 */
export const asNobody = (
  { uid, gid, setpriv, unshare, prlimit }: Nobody,
  file: string,
): { readonly file: string; readonly args: readonly string[] } => ({
  file: unshare,
  args: [
    "--pid",
    "--ipc",
    "--fork",
    "--kill-child=KILL",
    "--mount-proc",
    "--",
    prlimit,
    ...bounds(),
    setpriv,
    // The death signal is set again, because the kernel clears it when the user changes.
    `--reuid=${uid}`,
    `--regid=${gid}`,
    "--clear-groups",
    "--no-new-privs",
    "--inh-caps=-all",
    "--bounding-set=-all",
    "--pdeathsig",
    "KILL",
    "--",
    ...asSecond,
    file,
  ],
});

const mayPass = (folder: string): boolean => (statSync(folder).mode & 0o001) !== 0;

/** The folder itself or its nearest parent that others may not pass through; null if none. */
const closedAbove = (folder: string): string | null => {
  for (let at = folder; ; at = dirname(at)) {
    if (!mayPass(at)) return at;
    if (at === dirname(at)) return null;
  }
};

/**
 * Lets others pass through the run's folder and the folder of all runs, without listing them, and read the copied programs.
 * Throws `own-code-unreachable` (2) if a folder further up is closed.
 */
export const openForNobody = async (runDir: string, programs: string): Promise<void> => {
  for (const folder of [runDir, dirname(runDir)]) {
    const { uid, mode } = statSync(folder);
    if (uid === process.getuid?.()) chmodSync(folder, mode | 0o001);
  }
  const closed = closedAbove(runDir);
  if (closed !== null) {
    throw new RunError("own-code-unreachable", `the recipe's own tests are to run as nobody, who may not pass through ${closed}`, {
      hint: "Set CCCI_RUNS_DIR to a folder that others may pass, like /var/lib/cc-ci-runs, or take the recipe off allowRepoTests.",
    });
  }
  chmodSync(programs, 0o755);
  for await (const { full, stats } of walkTree(Buffer.from(programs))) {
    if (!stats.isSymbolicLink()) chmodSync(full, stats.isDirectory() || (stats.mode & 0o100) !== 0 ? 0o755 : 0o644);
  }
};

/** Gives a folder of the run to nobody; it must be new and empty. */
export const giveToNobody = ({ uid, gid }: Nobody, folder: string): void => {
  if (lstatSync(folder).isDirectory()) chownSync(folder, uid, gid);
};

/**
 * Takes the folder back when its program has ended, because programs of other runs are nobody's too. We own the parent folder, so it is
 * still what we made.
 */
export const takeFromNobody = (folder: string): void => {
  lchownSync(folder, process.getuid?.() ?? 0, process.getgid?.() ?? 0);
  if (lstatSync(folder).isDirectory()) chmodSync(folder, 0o700);
};
