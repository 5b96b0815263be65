import { setImmediate as pass, setTimeout as pause } from "node:timers/promises";
import { isRunError, RunError } from "../../machines/errors.js";
import { redact } from "../redact.js";
import type { ChildEnd, ChildSpec } from "./child.js";
import type { ScopeName } from "./scope-name.js";

/**
 * How long to wait for a stop that may have caused the end of a child. Whoever stops a whole group or service signals its
 * processes one after the other: on a busy host, our signal came up to 15 ms after the child's. ms
 */
const momentMs = 250;

const longestCommand = 200;

const shortened = (command: string): string => (command.length > longestCommand ? `${command.slice(0, longestCommand)}…` : command);

/** Somebody killed the child, and nobody stopped us: the host's trouble, whatever the child was. */
const childKilled = (signal: NodeJS.Signals, command: string): RunError =>
  new RunError("child-killed", `${shortened(redact(command))} was killed by ${signal}, which recipe-ci did not send`, {
    hint:
      signal === "SIGKILL"
        ? "Did the host run out of memory (dmesg), or did somebody kill it? Run it again."
        : "Somebody on the host ended that process, and not the run. Run it again.",
  });

/** Whether a child failed only because somebody killed it. Code that takes a child's failure for an answer must check this. */
export const isChildKilled = (error: unknown): boolean => isRunError(error) && error.code === "child-killed";

/**
 * Whether a stop can have caused this end: a death by signal, or in the run's own work any failure, because a child may handle the signal.
 */
const mayBeAStops = ({ answers = [] }: ChildSpec, { exitCode, killedBy }: ChildEnd, scope: ScopeName): boolean =>
  killedBy !== null || (scope === "work" && exitCode !== null && exitCode !== 0 && !answers.includes(exitCode));

/**
 * Whether one of the signals is aborted or will be within a moment. A stop may be on its way to us that also caused the
 * end in question, so that end is judged only afterwards.
 */
export const stopFollows = async (signals: readonly (AbortSignal | undefined)[]): Promise<boolean> => {
  const stopped = new AbortController();
  const onStop = (): void => stopped.abort();
  const heard = signals.filter((signal) => signal !== undefined);
  for (const signal of heard) signal.addEventListener("abort", onStop, { once: true });
  const isStopped = (): boolean => heard.some(({ aborted }) => aborted);
  if (!isStopped()) await pause(momentMs, undefined, { signal: stopped.signal }).catch(() => undefined);
  // If the host was too busy to let us run, timer and signal are due together, and node would handle the timer first.
  await pass();
  for (const signal of heard) signal.removeEventListener("abort", onStop);
  return isStopped();
};

/**
 * The child's end, ready to be judged: at once if no stop can have caused it, else a moment later, and as aborted if a stop
 * came. Rejects with `child-killed` if no stop came and a signal that we did not send ended the child.
 */
export const judged = async (
  spec: ChildSpec,
  end: ChildEnd,
  scope: ScopeName,
  stops: readonly (AbortSignal | undefined)[],
): Promise<ChildEnd> => {
  if (end.aborted || end.timedOut || !mayBeAStops(spec, end, scope)) return end;
  if (await stopFollows(stops)) return { ...end, aborted: true };
  if (end.killedBy === null) return end;
  throw childKilled(end.killedBy, end.command);
};
