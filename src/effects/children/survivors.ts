import { setTimeout as pause } from "node:timers/promises";
import type { Cookie } from "../../machines/vocabulary.js";
import { commandOf, processes } from "./process-table.js";

export interface Survivor {
  readonly pid: number;
  readonly command: string;
}

/** A process in mid-exec shows an empty environment for an instant: one look missed up to 1 in 3 of a forking chain. */
const emptyRounds = 3;
const betweenRoundsMs = 5;
/** An endless chain of forks outruns any look at /proc; whoever waits for us has a budget. */
const defaultLimitMs = 5_000;

function* carriersOf(cookies: readonly Cookie[]): Generator<number> {
  if (cookies.length === 0) return;
  const wanted = new Set<string | undefined>(cookies);
  for (const { pid, env } of processes()) if (wanted.has(env("CCCI_RUN_COOKIE"))) yield pid;
}

/** Living processes that carry one of the cookies. Same user and same pid namespace only; a wiped environment hides one. */
export const findSurvivors = (cookies: readonly Cookie[]): readonly Survivor[] =>
  [...carriersOf(cookies)].map((pid) => ({ pid, command: commandOf(pid) }));

/** Those of the cookies that living processes carry; looks as often as a sweep does before it concludes that there is none. */
export const carriedCookies = async (cookies: readonly Cookie[]): Promise<readonly Cookie[]> => {
  const carried = new Set<Cookie>();
  for (let round = 0; round < emptyRounds && cookies.length > carried.size; round += 1) {
    if (round > 0) await pause(betweenRoundsMs);
    for (const { env } of processes()) for (const cookie of cookies) if (env("CCCI_RUN_COOKIE") === cookie) carried.add(cookie);
  }
  return [...carried];
};

/**
 * Cookies of living processes that worked on an app under this very lock file: what a dead run left, also where no
 * record says so. By the lock and not by the domain: whoever holds another lock folder's lock has apps of the same name.
 */
export const cookiesOfApp = (lockFile: string): readonly Cookie[] => {
  const found = new Set<string>();
  for (const { env } of processes()) if (env("CCCI_APP_LOCK") === lockFile) found.add(env("CCCI_RUN_COOKIE") ?? "");
  found.delete("");
  return [...found] as Cookie[];
};

/** Kills whom it sees, at once: a moment later it may have forked. Adds them to `killed`; true if there was none. */
const sweepOnce = (cookies: readonly Cookie[], killed: Set<number>): boolean => {
  let none = true;
  for (const pid of carriersOf(cookies)) {
    none = false;
    try {
      process.kill(pid, "SIGKILL");
      killed.add(pid);
    } catch {
      // Gone between the look and the kill, or not ours to kill.
    }
  }
  return none;
};

/**
 * Kills every process that carries one of the cookies, until three rounds in a row found none, or the limit is over.
 * Returns how many it killed.
 *
 * Not promised: that none is left after an abort or past the limit. `findSurvivors` tells.
 */
export const reapSurvivors = async (cookies: readonly Cookie[], signal?: AbortSignal, limitMs = defaultLimitMs): Promise<number> => {
  if (cookies.length === 0) return 0;
  const until = performance.now() + limitMs;
  const isOver = (): boolean => signal?.aborted === true || performance.now() >= until;
  const killed = new Set<number>();
  for (let empty = 0; empty < emptyRounds && !isOver(); ) {
    empty = sweepOnce(cookies, killed) ? empty + 1 : 0;
    await pause(betweenRoundsMs);
  }
  return killed.size;
};
