import { closeSync, constants, fstatSync, mkdtempSync, openSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { isRunError } from "../../machines/errors.js";
import { tryFlock } from "../lock/flock.js";
import { isLive } from "../lock/lock-file.js";
import { removeTree } from "./remove.js";

/** What scratch folders are made for; their names say it. */
const kinds = ["look", "contract"] as const;
type ScratchKind = (typeof kinds)[number];

interface ScratchFolder {
  readonly path: string;
  /** Removes it with everything in it. */
  readonly close: () => void;
}

/** As an absolute path: TMPDIR may be relative to the current folder, and git starts in another. */
const temporary = (): string => resolve(tmpdir());

const prefixOf = (kind: ScratchKind): string => `recipe-ci-${kind}-`;

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;

/** Null: it is gone, not a folder, a link, or not accessible to us. */
const openFolder = (path: string): number | null => {
  try {
    return openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  } catch {
    return null; // Whatever it is, we would not remove it.
  }
};

/** `unlockable`: the file system locks no folders, so nobody can take one for abandoned. */
const lock = (fd: number): "ours" | "theirs" | "unlockable" => {
  try {
    return tryFlock(fd) ? "ours" : "theirs";
  } catch (error) {
    if (isRunError(error)) throw error;
    return "unlockable";
  }
};

/** Removes the folder if it belongs to our user and its owner process is gone, since the kernel has then freed the lock. */
const sweep = (path: string): void => {
  const fd = openFolder(path);
  if (fd === null) return;
  try {
    if (fstatSync(fd).uid === process.getuid?.() && lock(fd) === "ours" && isLive(fd, path)) removeTree(path);
  } catch {
    // Something is mounted in it, or it cannot be locked here: it stays, which disturbs nobody.
  } finally {
    closeSync(fd);
  }
};

/** More than there ever are; the next process sweeps the rest. */
const sweepsMax = 1_000;

/** The names in a folder; none if we may create names there but not list them. */
const namesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return []; // Sweeping is a courtesy. Whether a folder can be created there shows when one is.
  }
};

/** Removes what killed processes of ours left in the temporary folder. Folders in use, those of other users, and links stay. */
export const sweepScratchFolders = (): void => {
  const isOurs = (name: string): boolean => kinds.some((kind) => name.startsWith(prefixOf(kind)));
  for (const name of namesIn(temporary()).filter(isOurs).slice(0, sweepsMax)) sweep(join(temporary(), name));
};

/** How often to try: somebody may sweep a folder in the moment between its creation and its lock. */
const triesMax = 100;

/**
 * Makes a folder for this process alone in the system's temporary folder, after removing those whose owners are gone.
 *
 * The owner holds a kernel lock on the folder itself for as long as it lives, so that a later process knows of a SIGKILL.
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
    // Somebody took it for abandoned and is removing it.
    if (fd !== null) closeSync(fd);
  }
  throw new Error(`no folder in ${temporary()} outlives its making`);
};
