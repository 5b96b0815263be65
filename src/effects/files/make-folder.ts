import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

const isFolder = (path: string): boolean => {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false; // Not there, or not to be seen.
  }
};

/**
 * Makes a folder and those above it, for their owner alone to write in whatever the umask is. Throws what mkdir says.
 *
 * Not node's own `recursive`: where a parent can never be made (below /proc), Node 20's never returns.
 */
export const makeFolder = (dir: string): void => {
  if (isFolder(dir)) return;
  if (dirname(dir) !== dir) makeFolder(dirname(dir));
  try {
    mkdirSync(dir, { mode: 0o755 });
  } catch (error) {
    // Somebody else may have made it this moment.
    if (!isFolder(dir)) throw error;
  }
};
