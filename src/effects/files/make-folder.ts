import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

const isFolder = (path: string): boolean => {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false; // It does not exist, or we may not see it.
  }
};

/**
 * Creates a folder and its parents, writable only by their owner whatever the umask. Throws mkdir's error.
 *
 * Not node's own `recursive`: if a parent can never be created (below /proc), Node 20's never returns.
 */
export const makeFolder = (dir: string): void => {
  if (isFolder(dir)) return;
  if (dirname(dir) !== dir) makeFolder(dirname(dir));
  try {
    mkdirSync(dir, { mode: 0o755 });
  } catch (error) {
    // Somebody else may just have created it.
    if (!isFolder(dir)) throw error;
  }
};
