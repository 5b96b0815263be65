import { readFileSync, statSync } from "node:fs";

/**
 * Whether somebody holds the file's lock, by /proc/locks. Trying the lock instead would take it for a moment, and a
 * janitor that looks in that moment would see a holder and leave. Shares no code with src: it is what src is judged by.
 */
export const isHeld = (path: string): boolean => {
  const ino = statSync(path, { throwIfNoEntry: false })?.ino;
  if (ino === undefined) return false;
  const lines = readFileSync("/proc/locks", "utf8").split("\n");
  return lines.some((line) => line.includes("FLOCK") && !line.includes("->") && line.includes(`:${ino} `));
};
