import { createRequire } from "node:module";
import { RunError } from "../../machines/errors.js";
import { codeOf } from "../files/error-code.js";
import { runNow } from "../children/launch.js";

type Mode = "exclusive" | "shared";

interface FsExt {
  readonly flockSync: (fd: number, flags: "exnb" | "shnb") => void;
}

/** Resolved from our own file, so that it is found both from the bundle in dist and from the sources. */
const load = (): FsExt | null => {
  if (process.env["RECIPE_CI_FLOCK"] === "command") return null;
  try {
    return createRequire(import.meta.url)("fs-ext") as FsExt;
  } catch {
    return null; // It is native and there was no compiler. The flock program takes the same kernel lock.
  }
};

/** Loaded at the start: the workspace may be gone by the time a lock is needed. */
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

/** How often to try again if somebody kills or stops the program that tries for the lock. */
const triesMax = 5;

const tryOnce = (fd: number, mode: Mode): number | null => {
  try {
    return runNow("flock", ["--nonblock", `--${mode}`, "3"], { env: { PATH: process.env["PATH"] ?? "" } }, fd);
  } catch (error) {
    throw codeOf(error) === "ENOENT" ? noWayToLock(error) : error;
  }
};

/**
 * The lock belongs to the open file and not to a process, so when a child has taken it on our descriptor, we have it. A child
 * that was killed or did not end says nothing, so another is started.
 */
const byCommand = (fd: number, mode: Mode): boolean => {
  for (let attempt = 1; attempt <= triesMax; attempt += 1) {
    const code = tryOnce(fd, mode);
    if (code !== null) return code === 0;
  }
  throw new RunError("child-killed", `flock was killed, or did not end, ${triesMax} times in a row while it tried for a lock`, {
    hint: "Who kills or stops the children of recipe-ci on this host? Is the flock on PATH util-linux' own?",
  });
};

/**
 * Takes a kernel lock on an open file without waiting. True if it is ours, even if it was before.
 *
 * It never waits, because a thread blocked in flock(2) would keep this process from ending. Throws `no-flock` if there is no
 * way to lock, and the kernel's error otherwise.
 */
export const tryFlock = (fd: number, mode: Mode = "exclusive"): boolean =>
  fsExt === null ? byCommand(fd, mode) : byFsExt(fsExt, fd, mode);
