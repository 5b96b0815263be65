import { readFileSync, statSync } from "node:fs";

/**
 * Whether a process holds the file's lock, according to /proc/locks. Trying the lock would take it for a moment, and a janitor that
 * probes in that moment would see a holder and leave the app alone. Shares no code with src, because tests judge src by it.
 */
export const isHeld = (path: string): boolean => {
  const ino = statSync(path, { throwIfNoEntry: false })?.ino;
  if (ino === undefined) return false;
  const lines = readFileSync("/proc/locks", "utf8").split("\n");
  return lines.some((line) => line.includes("FLOCK") && !line.includes("->") && line.includes(`:${ino} `));
};
