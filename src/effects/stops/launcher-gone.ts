import { fstatSync } from "node:fs";
import { Socket } from "node:net";
import { setInterval as ticks } from "node:timers/promises";
import { defer, EMPTY, filter, finalize, from, fromEvent, map, merge, of, take, type Observable } from "rxjs";
import { RunError } from "../../machines/errors.js";
import type { StopCause } from "../../machines/vocabulary.js";

/** The launcher's pipe. Its only writer is the launcher, so it ends with the launcher. */
const pipeFd = 3;
const pollMs = 1_000;

const isPipe = (fd: number): boolean => {
  try {
    return fstatSync(fd).isFIFO();
  } catch {
    return false; // Nothing is open on that descriptor.
  }
};

/** Emits at the end of the pipe. A socket and not a file stream, because a blocked read in the thread pool would keep us from ending. */
const pipeEnded = (): Observable<unknown> =>
  defer(() => {
    if (!isPipe(pipeFd)) return EMPTY;
    const pipe = new Socket({ fd: pipeFd, readable: true, writable: false });
    pipe.unref();
    pipe.resume();
    return merge(fromEvent(pipe, "end"), fromEvent(pipe, "error")).pipe(finalize(() => pipe.destroy()));
  });

/**
 * Whether somebody else is our parent now. Not "the parent is 1": in a container the launcher can be 1, and under a subreaper the new
 * parent is not.
 */
const isOrphan = (launcher: string): boolean => String(process.ppid) !== launcher;

/** Not rxjs' interval, whose timers keep the process from ending. */
const everySecond = (): Observable<unknown> => from(ticks(pollMs, undefined, { ref: false }));

/**
 * Emits `parent` once when the launcher is gone, by whichever of three ways notices first, and at once if it is already gone.
 * Silent without a launcher.
 *
 * The signal counts only if the parent really changed: it is also sent when a *thread* of the parent ends.
 */
export const launcherGone = (launcher: string | undefined): Observable<StopCause> => {
  if (launcher === undefined) return EMPTY;
  const orphaned = merge(fromEvent(process, "SIGUSR2"), everySecond(), of(undefined)).pipe(filter(() => isOrphan(launcher)));
  return merge(orphaned, pipeEnded()).pipe(
    take(1),
    map((): StopCause => "parent"),
  );
};

/** Throws, before anything is touched, if the launcher is already gone. */
export const assertLaunched = (launcher: string | undefined): void => {
  if (launcher === undefined || !isOrphan(launcher)) return;
  throw new RunError("orphaned-start", `the launcher (pid ${launcher}) was gone before the run began`, {
    hint: "The CI step was cancelled at its very start. Nothing was touched.",
  });
};
