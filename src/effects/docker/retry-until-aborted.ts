import { setTimeout as pause } from "node:timers/promises";
import { isPassing } from "./engine-errors.js";

const betweenTriesMs = 500;

/** Asks docker until it answers or the signal aborts: a teardown must outlast a restart of the daemon. `onRetry` gets why. */
export const retryUntilAborted = async <T>(
  ask: () => Promise<T>,
  signal: AbortSignal,
  onRetry: (error: unknown) => void = () => undefined,
): Promise<T> => {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (signal.aborted || !isPassing(error)) throw error;
      onRetry(error);
      await pause(betweenTriesMs, undefined, { signal });
    }
  }
};
