import { setImmediate as pass, setTimeout as pause } from "node:timers/promises";
import { isRunError, RunError } from "../../machines/errors.js";
import { redact } from "../redact.js";
import type { ChildEnd, ChildSpec } from "./child.js";
import type { ScopeName } from "./scope-name.js";

/**
 * How long a stop may come after the ends that it caused. Who stops a whole group or service signals its processes one
 * after the other: ours were seen to be the last, by up to 15 ms on a busy host. ms
 */
const momentMs = 250;

const longestCommand = 200;

const shortened = (command: string): string => (command.length > longestCommand ? `${command.slice(0, longestCommand)}…` : command);

/** Killed by somebody, and nobody stopped us: the host's trouble, whatever the child was. */
const childKilled = (signal: NodeJS.Signals, command: string): RunError =>
  new RunError("child-killed", `${shortened(redact(command))} was killed by ${signal}, which recipe-ci did not send`, {
    hint:
      signal === "SIGKILL"
        ? "Did the host run out of memory (dmesg), or did somebody kill it? Run it again."
        : "Somebody on the host ended that process, and not the run. Run it again.",
  });

/** For whoever takes a child's failure for an answer: this one is none. */
export const isChildKilled = (error: unknown): boolean => isRunError(error) && error.code === "child-killed";

/** What a stop can cause: a death by its signal, and in the run's own work any failure, of a child that handles it. */
const mayBeAStops = ({ answers = [] }: ChildSpec, { exitCode, killedBy }: ChildEnd, scope: ScopeName): boolean =>
  killedBy !== null || (scope === "work" && exitCode !== null && exitCode !== 0 && !answers.includes(exitCode));

/**
 * True when one of the signals is aborted, or is within a moment: what ended might have been ended by the stop that is on
 * its way to us, and is judged after it.
 */
export const stopFollows = async (signals: readonly (AbortSignal | undefined)[]): Promise<boolean> => {
  const stopped = new AbortController();
  const onStop = (): void => stopped.abort();
  const heard = signals.filter((signal) => signal !== undefined);
  for (const signal of heard) signal.addEventListener("abort", onStop, { once: true });
  const isStopped = (): boolean => heard.some(({ aborted }) => aborted);
  if (!isStopped()) await pause(momentMs, undefined, { signal: stopped.signal }).catch(() => undefined);
  // On a host too busy to let us run, timer and signal are due at once, and node would look at the timer first.
  await pass();
  for (const signal of heard) signal.removeEventListener("abort", onStop);
  return isStopped();
};

/**
 * The end as it may be judged: at once where no stop can have caused it, else a moment later, and as aborted when a
 * stop came. Rejects with `child-killed` where none did and a signal that we did not send ended the child.
 */
export const judged = async (spec: ChildSpec, end: ChildEnd, scope: ScopeName, stops: readonly (AbortSignal | undefined)[]): Promise<ChildEnd> => {
  if (end.aborted || end.timedOut || !mayBeAStops(spec, end, scope)) return end;
  if (await stopFollows(stops)) return { ...end, aborted: true };
  if (end.killedBy === null) return end;
  throw childKilled(end.killedBy, end.command);
};
