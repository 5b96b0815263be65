import { closeSync } from "node:fs";
import { RunError } from "../../machines/errors.js";
import { tryFlock } from "./flock.js";
import { openLockFile } from "./lock-file.js";

/**
 * Makes sure that only one process at a time does what the lock file stands for. The returned function ends the turn, and so does the end
 * of our process.
 */
export const takeTurn = (file: string): (() => void) => {
  const fd = openLockFile(file, true);
  if (fd !== null && tryFlock(fd)) return () => closeSync(fd);
  if (fd !== null) closeSync(fd);
  throw new RunError("turn-taken", `another process is at the same work: it holds ${file}`, { hint: "Wait for its end, then try again." });
};
