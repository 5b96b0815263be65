import { setMaxListeners } from "node:events";
import { longestMs } from "../machines/duration.js";

export interface Budget {
  /** Aborts when the time is over, with `late()` as its reason, or when any of the given signals does, with that one's. */
  readonly signal: AbortSignal;
  /** From now on the time no longer counts; the signals still do. */
  readonly begun: () => void;
  /** From now on neither counts. */
  readonly end: () => void;
  /** From now on the timer keeps no process alive. */
  readonly unref: () => void;
}

/**
 * A time limit together with signals, for one piece of work. `late`: the reason to abort with when the time is over.
 *
 * Not `AbortSignal.any`: a run's own signal lives as long as the run, and thousands of calls would stay attached to it. Nor
 * `any` over `AbortSignal.timeout`: nothing references the timeout, and after a garbage collection Node 20 never fires it.
 */
export const createBudget = (signals: readonly (AbortSignal | undefined)[], limitMs: number, late: () => unknown): Budget => {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(late()), Math.min(limitMs, longestMs));
  const listening = signals.flatMap((signal) => {
    if (signal === undefined) return [];
    const onAbort = (): void => controller.abort(signal.reason);
    if (signal.aborted) onAbort();
    else {
      // Each call adds a listener, and some are streams: more than ten at once are not a leak.
      setMaxListeners(0, signal);
      signal.addEventListener("abort", onAbort, { once: true });
    }
    return [() => signal.removeEventListener("abort", onAbort)];
  });
  return {
    signal: controller.signal,
    begun: () => clearTimeout(timer),
    end: () => {
      clearTimeout(timer);
      for (const stop of listening) stop();
    },
    unref: () => void timer.unref(),
  };
};

/** Aborts when the signal does, with its reason, or when so much time is over, with a TimeoutError. Keeps no process alive. */
export const within = (signal: AbortSignal, limitMs: number): AbortSignal => {
  const budget = createBudget([signal], limitMs, () => new DOMException(`it was not done within ${limitMs / 1_000} s`, "TimeoutError"));
  budget.unref();
  if (budget.signal.aborted) budget.end();
  else budget.signal.addEventListener("abort", budget.end, { once: true });
  return budget.signal;
};
