import { setTimeout as pause } from "node:timers/promises";

const limitMs = 30_000;

/** Rejects when it does not come in time: a program of the bench that died would be waited for without an end. */
export const waitUntil = async (what: string, holds: () => boolean): Promise<void> => {
  const end = performance.now() + limitMs;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`not within ${limitMs / 1_000} s: ${what}`);
    await pause(2);
  }
};
