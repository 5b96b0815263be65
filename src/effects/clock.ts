import { readFileSync } from "node:fs";

/** Milliseconds since boot: the same clock in every process of a host, which unlike a wall clock cannot jump. */
export const uptimeMs = (): number => Math.round(Number(readFileSync("/proc/uptime", "utf8").split(" ", 1)[0]) * 1_000);

/**
 * Milliseconds since the launcher started, or since this process did if there was none.
 *
 * CI counts from the start of the step, so the deadline does too: set-up and the wait for the lock are included.
 */
export const createRunClock = (launchedAt: string | undefined): (() => number) => {
  const given = launchedAt === undefined || launchedAt === "" ? Number.NaN : Number(launchedAt);
  const before = Number.isFinite(given) ? Math.max(0, uptimeMs() - given) : performance.now();
  const start = performance.now() - before;
  return () => performance.now() - start;
};
