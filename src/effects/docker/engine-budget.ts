import { setMaxListeners } from "node:events";
import { hung } from "./engine-errors.js";

export interface Budget {
  /** Aborts, with the reason to tell, when the time is over or any of the given signals does. */
  readonly signal: AbortSignal;
  /** The time no longer counts; the signals still do. */
  readonly begun: () => void;
  /** Neither counts any more. */
  readonly end: () => void;
}

/** Not `AbortSignal.any`: a run's own signal lives as long as the run, and thousands of calls would hang on it. */
export const createBudget = (asked: string, signals: readonly (AbortSignal | undefined)[], limitMs: number): Budget => {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(hung(asked, limitMs)), Math.min(limitMs, 2 ** 31 - 1));
  const listening = signals.flatMap((signal) => {
    if (signal === undefined) return [];
    const onAbort = (): void => controller.abort(signal.reason);
    if (signal.aborted) onAbort();
    else {
      // A call each, and some are streams: eleven at once are no leak.
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
  };
};
