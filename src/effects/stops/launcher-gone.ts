import { fstatSync } from "node:fs";
import { Socket } from "node:net";
import { setInterval as ticks } from "node:timers/promises";
import { defer, EMPTY, filter, finalize, from, fromEvent, map, merge, of, take, type Observable } from "rxjs";
import { RunError } from "../../machines/errors.js";
import type { StopCause } from "../../machines/vocabulary.js";

/** The launcher's pipe; its only writer is the launcher, so its end is the launcher's. */
const pipeFd = 3;
const pollMs = 1_000;

const isPipe = (fd: number): boolean => {
  try {
    return fstatSync(fd).isFIFO();
  } catch {
    return false; // Nothing is open there.
  }
};

/** The end of the pipe. A socket and not a file stream: a blocked read in the thread pool would keep us from ending. */
const pipeEnded = (): Observable<unknown> =>
  defer(() => {
    if (!isPipe(pipeFd)) return EMPTY;
    const pipe = new Socket({ fd: pipeFd, readable: true, writable: false });
    pipe.unref();
    pipe.resume();
    return merge(fromEvent(pipe, "end"), fromEvent(pipe, "error")).pipe(finalize(() => pipe.destroy()));
  });

/** Somebody else is our parent now. Never "parent is 1": in a container the rightful one can be, under a subreaper the new one is not. */
const isOrphan = (launcher: string): boolean => String(process.ppid) !== launcher;

/** Not rxjs' own: its timers keep the process from ending. */
const everySecond = (): Observable<unknown> => from(ticks(pollMs, undefined, { ref: false }));

/**
 * Says `parent` once when the launcher is gone, by whichever of three ways tells first, and at once if it is gone
 * already. Silent without a launcher.
 *
 * The signal counts only if the parent really changed: the end of a *thread* of the parent sends it as well.
 */
export const launcherGone = (launcher: string | undefined): Observable<StopCause> => {
  if (launcher === undefined) return EMPTY;
  const orphaned = merge(fromEvent(process, "SIGUSR2"), everySecond(), of(undefined)).pipe(filter(() => isOrphan(launcher)));
  return merge(orphaned, pipeEnded()).pipe(
    take(1),
    map((): StopCause => "parent"),
  );
};

/** Refuses to begin for a launcher that is gone already. Throws before anything was touched. */
export const assertLaunched = (launcher: string | undefined): void => {
  if (launcher === undefined || !isOrphan(launcher)) return;
  throw new RunError("orphaned-start", `the launcher (pid ${launcher}) was gone before the run began`, {
    hint: "The CI step was cancelled at its very start. Nothing was touched.",
  });
};
