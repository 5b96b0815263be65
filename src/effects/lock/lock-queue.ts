import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { lockKey } from "./kernel-locks.js";

interface LockQueue {
  /** Null if nobody holds it, or if /proc does not show the holder (another pid namespace). */
  readonly holder: number | null;
  /** In order of arrival. Each is the process that wants the lock and not the helper that waits for it. */
  readonly waiters: readonly number[];
}

const read = (path: string): string => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // Gone meanwhile.
  }
};

const parentOf = (pid: number): number | null => {
  const ppid = /^PPid:\t(\d+)$/m.exec(read(`/proc/${pid}/status`))?.[1];
  return ppid === undefined ? null : Number(ppid);
};

/** A wait helper is `flock --exclusive 3`, started by the run that wants the lock. */
const isHelper = (pid: number): boolean => read(`/proc/${pid}/cmdline`) === "flock\0--exclusive\x003\0";

const onBehalfOf = (pid: number): number => (isHelper(pid) ? (parentOf(pid) ?? pid) : pid);

const keyOf = (path: string): string | null => {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? null : lockKey(stats);
};

/** Processes that have the very file open: /proc/locks names the one that took a lock, which may be a helper long gone. */
const openedBy = (path: string): readonly number[] => {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => {
    try {
      return readdirSync(`/proc/${pid}/fd`).some((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`) === path);
    } catch {
      return false; // Gone, or another user's.
    }
  });
};

const pidsIn = (lines: readonly string[]): readonly number[] =>
  lines.flatMap((line) => {
    const pid = /FLOCK\s+ADVISORY\s+\w+\s+(-?\d+)/.exec(line)?.[1];
    return pid === undefined ? [] : [Number(pid)];
  });

/** Who holds a lock file and who waits for it, from /proc. For people: only a probe tells whether a lock is held. */
export const lockQueue = (path: string): LockQueue => {
  const key = keyOf(path);
  if (key === null) return { holder: null, waiters: [] };
  const lines = read("/proc/locks")
    .split("\n")
    .filter((line) => line.includes(` ${key} `));
  const waiting = pidsIn(lines.filter((line) => line.includes("->")));
  const holding = pidsIn(lines.filter((line) => !line.includes("->")))[0];
  if (holding === undefined) return { holder: null, waiters: waiting.map(onBehalfOf) };
  const taker = read(`/proc/${holding}/status`) === "" || isHelper(holding) ? null : holding;
  const bystanders = new Set([...waiting, ...waiting.map(onBehalfOf)]);
  const holder = taker ?? openedBy(path).find((pid) => !bystanders.has(pid)) ?? null;
  return { holder, waiters: waiting.map(onBehalfOf) };
};
