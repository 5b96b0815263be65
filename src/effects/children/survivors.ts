import { setTimeout as pause } from "node:timers/promises";
import type { Cookie } from "../../machines/vocabulary.js";
import { commandOf, processes } from "./process-table.js";

interface Survivor {
  readonly pid: number;
  readonly command: string;
}

/** In the middle of an exec a process shows an empty environment: one look missed up to a third of a forking chain. */
const emptyRounds = 3;
const betweenRoundsMs = 5;
/** An endless chain of forks outruns any look at /proc, and whoever waits for us has a budget. ms */
const defaultLimitMs = 5_000;

function* carriersOf(cookies: readonly Cookie[]): Generator<number> {
  if (cookies.length === 0) return;
  const wanted = new Set<string | undefined>(cookies);
  for (const { pid, env } of processes()) if (wanted.has(env("CCCI_RUN_COOKIE"))) yield pid;
}

/**
 * Living processes that carry one of the cookies. Finds only those of our user and pid namespace, and none that cleared its environment.
 */
export const findSurvivors = (cookies: readonly Cookie[]): readonly Survivor[] =>
  [...carriersOf(cookies)].map((pid) => ({ pid, command: commandOf(pid) }));

/** Which of the cookies living processes carry. Looks as often as a sweep before it concludes that none does. */
export const carriedCookies = async (cookies: readonly Cookie[]): Promise<readonly Cookie[]> => {
  const carried = new Set<Cookie>();
  for (let round = 0; round < emptyRounds && cookies.length > carried.size; round += 1) {
    if (round > 0) await pause(betweenRoundsMs);
    for (const { env } of processes()) for (const cookie of cookies) if (env("CCCI_RUN_COOKIE") === cookie) carried.add(cookie);
  }
  return [...carried];
};

/**
 * Cookies of living processes that worked on an app under this lock file: what a dead run left, even if no record says so. By
 * the lock and not by the domain, because with another lock folder there may be an app of the same name.
 */
export const cookiesOfApp = (lockFile: string): readonly Cookie[] => {
  const found = new Set<string>();
  for (const { env } of processes()) if (env("CCCI_APP_LOCK") === lockFile) found.add(env("CCCI_RUN_COOKIE") ?? "");
  found.delete("");
  return [...found] as Cookie[];
};

/** Kills each process as soon as it is seen: a moment later it may have forked. Adds them to `killed`; true if there was none. */
const sweepOnce = (cookies: readonly Cookie[], killed: Set<number>): boolean => {
  let none = true;
  for (const pid of carriersOf(cookies)) {
    none = false;
    try {
      process.kill(pid, "SIGKILL");
      killed.add(pid);
    } catch {
      // It ended between the look and the kill, or we may not kill it.
    }
  }
  return none;
};

/**
 * Kills every process that carries one of the cookies, until three rounds in a row find none or the limit is over.
 * Returns how many it killed.
 *
 * Not promised: that none is left after an abort or beyond the limit. Ask `findSurvivors`.
 */
export const reapSurvivors = async (cookies: readonly Cookie[], signal?: AbortSignal, limitMs = defaultLimitMs): Promise<number> => {
  if (cookies.length === 0) return 0;
  const until = performance.now() + limitMs;
  const isOver = (): boolean => signal?.aborted === true || performance.now() >= until;
  const killed = new Set<number>();
  for (let empty = 0; empty < emptyRounds && !isOver();) {
    empty = sweepOnce(cookies, killed) ? empty + 1 : 0;
    await pause(betweenRoundsMs);
  }
  return killed.size;
};
