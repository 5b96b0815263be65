import { setTimeout as pause } from "node:timers/promises";

const limitMs = 30_000;

/** Rejects if the condition does not hold in time: otherwise, if the measured program died, the benchmark would wait for ever. */
export const waitUntil = async (what: string, holds: () => boolean): Promise<void> => {
  const end = performance.now() + limitMs;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`not within ${limitMs / 1_000} s: ${what}`);
    await pause(2);
  }
};
