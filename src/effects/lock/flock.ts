import { createRequire } from "node:module";
import { RunError } from "../../machines/errors.js";
import { codeOf } from "../files/error-code.js";
import { runNow } from "../children/launch.js";

type Mode = "exclusive" | "shared";

interface FsExt {
  readonly flockSync: (fd: number, flags: "exnb" | "shnb") => void;
}

/** From our own file, so that it is found beside the bundle in dist and beside the sources alike. */
const load = (): FsExt | null => {
  if (process.env["RECIPE_CI_FLOCK"] === "command") return null;
  try {
    return createRequire(import.meta.url)("fs-ext") as FsExt;
  } catch {
    return null; // Native, and there was no compiler: the flock program takes the same kernel lock.
  }
};

/** Loaded at start: the workspace may be gone by the time a lock is wanted. */
const fsExt = load();

export const lockBackend: "fs-ext" | "flock" = fsExt === null ? "flock" : "fs-ext";

const refused = new Set(["EAGAIN", "EWOULDBLOCK"]);

const byFsExt = (library: FsExt, fd: number, mode: Mode): boolean => {
  try {
    library.flockSync(fd, mode === "exclusive" ? "exnb" : "shnb");
    return true;
  } catch (error) {
    if (refused.has(codeOf(error))) return false;
    throw error;
  }
};

const noWayToLock = (cause: unknown): RunError =>
  new RunError("no-flock", "no lock can be taken here: fs-ext is not built, and flock is not on PATH", {
    hint: "Install util-linux, which brings flock, or a compiler and then: npm rebuild fs-ext",
    cause,
  });

/** Whoever kills or stops one of our tries for a lock did not mean this many of them. */
const triesMax = 5;

const tryOnce = (fd: number, mode: Mode): number | null => {
  try {
    return runNow("flock", ["--nonblock", `--${mode}`, "3"], { env: { PATH: process.env["PATH"] ?? "" } }, fd);
  } catch (error) {
    throw codeOf(error) === "ENOENT" ? noWayToLock(error) : error;
  }
};

/**
 * The lock belongs to the open file, not to a process: when a child has taken it on our descriptor, we have it. One
 * that was killed, or did not end, says nothing.
 */
const byCommand = (fd: number, mode: Mode): boolean => {
  for (let attempt = 1; attempt <= triesMax; attempt += 1) {
    const code = tryOnce(fd, mode);
    if (code !== null) return code === 0;
  }
  throw new RunError("child-killed", `flock was killed, or did not end, ${triesMax} times in a row while it tried for a lock`, { hint: "Who kills or stops the children of recipe-ci on this host? Is the flock on PATH util-linux' own?" });
};

/**
 * Takes a kernel lock on an open file without waiting; true when it is ours, also when it was before.
 *
 * Never waits: a thread blocked in flock(2) would keep this process from ending. Throws `no-flock` where there is no way to lock, and
 * what the kernel says otherwise.
 */
export const tryFlock = (fd: number, mode: Mode = "exclusive"): boolean =>
  fsExt === null ? byCommand(fd, mode) : byFsExt(fsExt, fd, mode);
