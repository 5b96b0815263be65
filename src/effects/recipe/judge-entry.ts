import { readlink, realpath, stat } from "node:fs/promises";
import { dirname, isAbsolute, relative, resolve, sep } from "node:path";
import { judgeName } from "./judge-name.js";
import { recipeFileBytesMax, recipeFileRefused } from "./recipe-file-refused.js";
import type { TreeEntry } from "./walk-tree.js";

/** Files that abra or we read in every recipe. */
export const readByName = /^(?:\.env\.sample|abra\.sh|compose[\w.-]*\.ya?ml)$/;

const strict = new TextDecoder("utf-8", { fatal: true });

/** The path as text, if every program here can name it. */
const plainPath = (path: Buffer): string | null => {
  try {
    return strict.decode(path);
  } catch {
    return null; // It is not UTF-8.
  }
};

const isOutside = (path: string, root: string): boolean => {
  const way = relative(root, path);
  return way === ".." || way.startsWith(`..${sep}`) || isAbsolute(way) || way.split(sep, 1)[0]?.toLowerCase() === ".git";
};

/** Whether a link leads out, as far as its target exists: what is missing today may be created tomorrow. */
const leadsOut = async (root: string, path: string): Promise<boolean> => {
  const target = await readlink(path);
  // An absolute link points to where the recipe was when the link was made, and not into this copy.
  if (isAbsolute(target)) return true;
  try {
    return isOutside(await realpath(path), root);
  } catch {
    return isOutside(resolve(await realpath(dirname(path)), target), root); // The link is broken or circular.
  }
};

const isOfGit = (name: string): boolean => name === ".git" || name.startsWith(`.git${sep}`);

/** `.git/fsmonitor--daemon.ipc` and the like, which git creates again. */
const isSocketOfGit = (name: string, stats: TreeEntry["stats"]): boolean => stats.isSocket() && isOfGit(name);

const kindOf = (stats: TreeEntry["stats"]): string =>
  stats.isFIFO()
    ? "a FIFO"
    : stats.isSocket()
      ? "a socket"
      : stats.isBlockDevice() || stats.isCharacterDevice()
        ? "a device"
        : "of an unknown kind";

/** What is read by its name must be a file, even behind a link that stays inside. */
const judgeContent = async (path: string, name: string, exitCode: 1 | 2): Promise<void> => {
  const found = await stat(path).catch(() => null);
  if (found?.isFile() !== true) throw recipeFileRefused(name, "no-file", { exitCode });
  if (found.size > recipeFileBytesMax) throw recipeFileRefused(name, "too-large", { exitCode });
};

/** Checks one entry of a tree and resolves with its name. Rejects with `recipe-file-refused`. */
export const judgeEntry = async (root: string, { path, stats }: TreeEntry, exitCode: 1 | 2): Promise<string> => {
  const name = plainPath(path);
  if (name === null) throw recipeFileRefused(path.toString(), "name", { reason: "its name is not UTF-8", exitCode: 2 });
  const odd = judgeName(name);
  if (odd !== null) throw odd;
  if (stats.isSymbolicLink()) {
    // git would follow it, wherever it leads by then. A link of the recipe's is judged again in the copy.
    if (isOfGit(name)) throw recipeFileRefused(name, "no-file", { reason: "it is a symlink in git's own folder", exitCode });
    if (await leadsOut(root, resolve(root, name)))
      throw recipeFileRefused(name, "leads-out", { reason: "it is a symlink that leads out of the recipe", exitCode });
  } else if (!stats.isFile() && !stats.isDirectory() && !isSocketOfGit(name, stats)) {
    throw recipeFileRefused(name, "no-file", { reason: `it is ${kindOf(stats)}, no file`, exitCode });
  }
  if (readByName.test(name)) await judgeContent(resolve(root, name), name, exitCode);
  return name;
};
