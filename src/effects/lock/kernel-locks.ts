import { lstatSync, readFileSync, type BigIntStats } from "node:fs";

/** A file as /proc/locks names it: device and inode. */
export const lockKey = ({ dev, ino }: BigIntStats): string => {
  const major = ((dev >> 8n) & 0xfffn) | ((dev >> 32n) & ~0xfffn);
  const minor = (dev & 0xffn) | ((dev >> 12n) & 0xffffff00n);
  const hex = (n: bigint): string => n.toString(16).padStart(2, "0");
  return `${hex(major)}:${hex(minor)}:${ino}`;
};

const heldKeys = (): ReadonlySet<string> => {
  const held = /^\d+: FLOCK\s+ADVISORY\s+WRITE\s+-?\d+ (\S+) /gm;
  try {
    return new Set([...readFileSync("/proc/locks", "utf8").matchAll(held)].map(([, key]) => key ?? ""));
  } catch {
    return new Set(); // Without /proc nothing is known, so a probe must tell.
  }
};

/**
 * Returns a function that says whether a file's exclusive lock was held at this call, and for how long: ms since the file was
 * last written, which a holder does. Null: not known to be held. The kernel hides holders in other pid namespaces, so only
 * a probe can tell that a lock is free.
 */
export const locksHeldNow = (): ((path: string) => number | null) => {
  const keys = heldKeys();
  return (path) => {
    const stats = keys.size === 0 ? undefined : lstatSync(path, { bigint: true, throwIfNoEntry: false });
    return stats !== undefined && keys.has(lockKey(stats)) ? Date.now() - Number(stats.mtimeMs) : null;
  };
};
