import { closeSync, constants, fstatSync, lstatSync, openSync, readlinkSync, realpathSync, renameSync, writeFileSync } from "node:fs";
import { basename, dirname, isAbsolute, join, normalize, relative, sep } from "node:path";
import { RunError } from "../../machines/errors.js";
import { codeOf } from "../files/error-code.js";
import { FileRefused, openRegular, readOpen } from "../files/regular-file.js";
import { recipeFileBytesMax, recipeFileRefused, shownName } from "./recipe-file-refused.js";
import { removeFile } from "../files/remove.js";

const sizeText = (bytes: number): string => (bytes >= recipeFileBytesMax ? `${bytes / 1024 / 1024} MiB` : `${bytes / 1024} KiB`);

const isInside = (path: string, folder: string): boolean => path.startsWith(folder + sep);

/** Whether a path belongs to git and not to the recipe. `path` is relative to the recipe's folder. */
const isOfGit = (path: string): boolean => path.split(sep, 1)[0]?.toLowerCase() === ".git";

/** Refuses a name for its spelling alone, without looking at the disk. */
const checkName = (name: string): void => {
  if (name === "" || name.includes("\0")) throw recipeFileRefused(name, "name");
  const plain = normalize(name);
  if (isAbsolute(name) || plain === ".." || plain.startsWith(`..${sep}`)) throw recipeFileRefused(name, "leads-out");
  if (isOfGit(plain)) throw recipeFileRefused(name, "name");
};

const isLink = (path: string): boolean => {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false; // Nothing is there.
  }
};

/** The real place of a name after all links; null if nothing is there. Throws if it is outside the recipe. */
const settle = (dir: string, name: string): string | null => {
  checkName(name);
  const path = join(dir, name);
  let real: string;
  try {
    real = realpathSync.native(path);
  } catch (error) {
    const code = codeOf(error);
    if (code === "ELOOP") throw recipeFileRefused(name, "link", { reason: "it is a symlink that leads in a circle", cause: error });
    if (code !== "ENOENT" && code !== "ENOTDIR") throw recipeFileRefused(name, "unreadable", { cause: error });
    // The link's target may exist a moment later.
    if (isLink(path)) throw recipeFileRefused(name, "link", { reason: "it is a symlink to nothing", cause: error });
    return null;
  }
  const root = realpathSync.native(dir);
  if (isInside(real, root)) {
    if (isOfGit(relative(root, real))) throw recipeFileRefused(name, "leads-out");
    return real;
  }
  if (real === root) throw recipeFileRefused(name, "no-file");
  throw recipeFileRefused(name, "leads-out", { reason: "it is a symlink that leads out of the recipe" });
};

const open = (dir: string, name: string): number | null => {
  const real = settle(dir, name);
  if (real === null) return null;
  try {
    const fd = openRegular(real);
    // A part of the path may have become a link since then; /proc shows what is really open.
    if (readlinkSync(`/proc/self/fd/${fd}`) === real) return fd;
    closeSync(fd);
    throw recipeFileRefused(name, "leads-out", { reason: "it was replaced while it was read" });
  } catch (error) {
    if (!(error instanceof FileRefused)) throw error;
    if (error.trouble === "absent") return null;
    throw recipeFileRefused(name, error.trouble, { cause: error });
  }
};

/**
 * The text of a file of the recipe; null if there is none of that name.
 *
 * `name` is relative to the recipe's folder and may come from the recipe itself. A link is followed only if it stays inside.
 * Throws `recipe-file-refused` (exit code 1) for what leads out, is not a regular file or has more than `max` bytes; never
 * blocks. Bytes that are not UTF-8 become U+FFFD.
 */
export const readRecipeFile = (dir: string, name: string, max = recipeFileBytesMax): string | null => {
  const fd = open(dir, name);
  if (fd === null) return null;
  try {
    return readOpen(fd, max).toString("utf8");
  } catch (error) {
    if (!(error instanceof FileRefused) || error.trouble === "absent") throw error;
    throw recipeFileRefused(name, error.trouble, {
      cause: error,
      ...(error.trouble === "too-large" ? { reason: `it is larger than ${sizeText(max)}` } : {}),
    });
  } finally {
    closeSync(fd);
  }
};

/**
 * The same check of a file that another program (abra, docker) will read by this name, such as `file:` of a config.
 * Returns how many bytes it has, or null if it does not exist, and reads nothing of it. Throws `recipe-file-refused`.
 */
export const checkRecipeFile = (dir: string, name: string): number | null => {
  const fd = open(dir, name);
  if (fd === null) return null;
  try {
    const { size } = fstatSync(fd);
    if (size > recipeFileBytesMax) throw recipeFileRefused(name, "too-large");
    return size;
  } finally {
    closeSync(fd);
  }
};

/** A refusal of the disk, not of the recipe. */
const cannotWrite = (name: string, error: unknown): RunError =>
  new RunError(
    "cannot-write",
    `${shownName(name)} could not be written into the run's copy of the recipe: ${codeOf(error) || String(error)}`,
    {
      hint: "Is the disk of the runs folder full or read-only? Try: recipe-ci doctor",
      cause: error,
    },
  );

/**
 * Puts a file of ours into the recipe's tree, atomically. It may replace a regular file.
 *
 * Never through a link: neither the file itself nor its folder may be one that the recipe made. Throws
 * `recipe-file-refused` (1), or `cannot-write` (69) where the disk refuses.
 */
export const writeRecipeFile = (dir: string, name: string, content: string | Uint8Array): void => {
  checkName(name);
  const root = realpathSync.native(dir);
  const path = join(root, name);
  const folder = dirname(path);
  if (isLink(path)) throw recipeFileRefused(name, "link", { reason: "it is a symlink, and recipe-ci writes a file of its own there" });
  let place: string;
  try {
    place = realpathSync.native(folder);
  } catch (error) {
    throw recipeFileRefused(name, "no-file", { reason: "its folder is not there", cause: error });
  }
  if (place !== folder) throw recipeFileRefused(name, "link", { reason: "its folder is a symlink" });
  const beside = join(folder, `.${basename(path)}.${process.pid}.tmp`);
  try {
    if (lstatSync(path, { throwIfNoEntry: false })?.isFile() === false) throw recipeFileRefused(name, "no-file");
    removeFile(beside);
    const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
    const fd = openSync(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    try {
      writeFileSync(fd, content);
    } finally {
      closeSync(fd);
    }
    // rename(2) replaces a link, it does not follow one.
    renameSync(beside, path);
  } catch (error) {
    removeFile(beside);
    throw error instanceof RunError ? error : cannotWrite(name, error);
  }
};
