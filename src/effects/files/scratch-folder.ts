import { closeSync, constants, fstatSync, mkdtempSync, openSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { isRunError } from "../../machines/errors.js";
import { tryFlock } from "../lock/flock.js";
import { isLive } from "../lock/lock-file.js";
import { removeTree } from "./remove.js";

/** What they are made for, which their names say. */
const kinds = ["look", "contract"] as const;
export type ScratchKind = (typeof kinds)[number];

export interface ScratchFolder {
  readonly path: string;
  /** Removes it with all that is in it. */
  readonly close: () => void;
}

/** In full: TMPDIR may name it from the current folder, and git starts in another. */
const temporary = (): string => resolve(tmpdir());

const prefixOf = (kind: ScratchKind): string => `recipe-ci-${kind}-`;

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;

/** Null: it is gone, no folder, a link, or closed to us. */
const openFolder = (path: string): number | null => {
  try {
    return openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  } catch {
    return null; // Whatever it is, it is not what we would remove.
  }
};

/** `unlockable`: on a file system that locks no folders nobody can take one for abandoned. */
const lock = (fd: number): "ours" | "theirs" | "unlockable" => {
  try {
    return tryFlock(fd) ? "ours" : "theirs";
  } catch (error) {
    if (isRunError(error)) throw error;
    return "unlockable";
  }
};

/** Removes the folder if it is our user's and its owner is gone: the kernel has let go of the lock then. */
const sweep = (path: string): void => {
  const fd = openFolder(path);
  if (fd === null) return;
  try {
    if (fstatSync(fd).uid === process.getuid?.() && lock(fd) === "ours" && isLive(fd, path)) removeTree(path);
  } catch {
    // Something is mounted in it, or it cannot be locked here: it stays, and keeps nobody from their work.
  } finally {
    closeSync(fd);
  }
};

/** More than ever lie there; the rest is for the next who comes. */
const sweepsMax = 1_000;

/** None of a folder in which one may make names and not list them. */
const namesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return []; // Sweeping is a courtesy; whether a folder can be made there shows when one is.
  }
};

/** Removes what was left in the temporary folder by those of us that were killed. Folders in use, of other users, and links stay. */
export const sweepScratchFolders = (): void => {
  const isOurs = (name: string): boolean => kinds.some((kind) => name.startsWith(prefixOf(kind)));
  for (const name of namesIn(temporary()).filter(isOurs).slice(0, sweepsMax)) sweep(join(temporary(), name));
};

/** So often nobody sweeps a folder in the moment between its making and its locking. */
const triesMax = 100;

/**
 * A folder in the system's temporary folder for this process alone, once those of owners that are gone are removed.
 *
 * Its owner holds a kernel lock on the folder itself for as long as it lives; so whoever comes after a SIGKILL knows.
 */
export const makeScratchFolder = (kind: ScratchKind): ScratchFolder => {
  sweepScratchFolders();
  for (let tries = 1; tries <= triesMax; tries += 1) {
    const path = mkdtempSync(join(temporary(), prefixOf(kind)));
    const fd = openFolder(path);
    if (fd !== null && lock(fd) !== "theirs" && isLive(fd, path)) {
      return {
        path,
        close: () => {
          removeTree(path);
          closeSync(fd);
        },
      };
    }
    // Somebody took it for abandoned, and removes it.
    if (fd !== null) closeSync(fd);
  }
  throw new Error(`no folder in ${temporary()} outlives its making`);
};
