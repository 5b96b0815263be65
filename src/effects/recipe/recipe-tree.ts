import { constants, realpathSync } from "node:fs";
import { chmod, mkdir, open, readlink, rm, symlink } from "node:fs/promises";
import { hostTrouble, RunError } from "../../machines/errors.js";
import { judgeEntry } from "./judge-entry.js";
import { recipeFileRefused } from "./recipe-file-refused.js";
import { joined, walkTree, type TreeEntry } from "./walk-tree.js";

/** More than any recipe has; a folder with more is something else, given by mistake. */
export const recipeEntriesMax = 50_000;
export const recipeBytesMax = 512 * 1024 * 1024;

export const recipeTooLarge = (exitCode: 1 | 2): RunError =>
  new RunError({ code: "recipe-too-large", exitCode }, `the recipe has more than ${recipeEntriesMax} files, more than ${recipeBytesMax / 1024 / 1024} MiB, or folders too deep`, {
    hint: "Is this the recipe's own folder?",
  });

/** What the system said against one thing in the tree: the host's trouble by its name, anything else the tree's. */
const unreadable = ({ path }: TreeEntry, exitCode: 1 | 2, error: unknown): unknown =>
  error instanceof RunError ? error : (hostTrouble(error) ?? recipeFileRefused(path.toString(), "unreadable", { exitCode, cause: error }));

export interface TreeCheck {
  /** Whose fault a refusal is: 1 the recipe's, 2 that of whoever named the folder. */
  readonly exitCode: 1 | 2;
  readonly signal: AbortSignal;
}

async function* judged(dir: string, { exitCode, signal }: TreeCheck, skip: (path: Buffer) => boolean): AsyncGenerator<TreeEntry & { readonly name: string }> {
  const root = realpathSync.native(dir);
  let entries = 0;
  let bytes = 0;
  for await (const entry of walkTree(Buffer.from(root), skip)) {
    signal.throwIfAborted();
    entries += 1;
    bytes += entry.stats.isFile() ? entry.stats.size : 0;
    if (entries > recipeEntriesMax || bytes > recipeBytesMax) throw recipeTooLarge(exitCode);
    yield { ...entry, name: await judgeEntry(root, entry, exitCode).catch((error: unknown) => Promise.reject(unreadable(entry, exitCode, error))) };
  }
}

const isGitFolder = (path: Buffer): boolean => /(?:^|\/)\.git$/i.test(path.toString("latin1"));

/**
 * Judges a whole tree before anybody reads in it, abra and docker included: no link that leads out, nothing but files,
 * folders and links, names that can be said, and no file of more than 1 MiB that is read whatever the recipe says.
 * git's own folder is left out. Throws `recipe-file-refused` or `recipe-too-large`.
 */
export const checkRecipeTree = async (dir: string, check: TreeCheck): Promise<void> => {
  for await (const _ of judged(dir, check, isGitFolder)) {
    // Judging is all that is wanted.
  }
};

const ownGitFolder = Buffer.from(".git");
const insideGitFolder = Buffer.from(".git/");

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK, O_WRONLY, O_CREAT, O_EXCL } = constants;
const chunkBytes = 64 * 1024;

const copyFile = async (from: Buffer, to: Buffer, mode: number, refuse: () => RunError): Promise<void> => {
  const source = await open(from, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    if (!(await source.stat()).isFile()) throw refuse();
    const target = await open(to, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, (mode & 0o100) === 0 ? 0o600 : 0o700);
    try {
      const buffer = Buffer.alloc(chunkBytes);
      for (let left = recipeBytesMax; ; ) {
        const { bytesRead } = await source.read(buffer, 0, chunkBytes);
        left -= bytesRead;
        if (bytesRead === 0) break;
        if (left < 0) throw refuse();
        await target.writeFile(buffer.subarray(0, bytesRead));
      }
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
};

const copyEntry = async ({ full, stats, name }: TreeEntry & { readonly name: string }, place: Buffer, { exitCode }: TreeCheck): Promise<void> => {
  if (stats.isDirectory()) await mkdir(place, { mode: 0o700 });
  else if (stats.isSymbolicLink()) await symlink(await readlink(full, { encoding: "buffer" }), place);
  else await copyFile(full, place, stats.mode, () => recipeFileRefused(name, "no-file", { exitCode }));
};

/** What is copied: `files`: all but what git keeps; `git`: what git keeps for the folder itself, and nothing else. */
const leftOut = {
  files: isGitFolder,
  git: (path: Buffer) => !path.equals(ownGitFolder) && !path.subarray(0, ownGitFolder.length + 1).equals(insideGitFolder),
};

/**
 * Copies a folder into one that is not there yet, under the same judgement. Links stay links; files are the copier's own
 * and keep no more of their mode than whether they are programs. A repository inside is copied as a plain folder.
 */
export const copyRecipeTree = async (from: string, to: string, check: TreeCheck, what: keyof typeof leftOut = "files"): Promise<void> => {
  const target = Buffer.from(to);
  await rm(to, { recursive: true, force: true });
  await mkdir(to, { mode: 0o700 });
  for await (const entry of judged(from, check, leftOut[what])) {
    if (entry.stats.isSocket()) continue;
    try {
      await copyEntry(entry, joined(target, entry.path), check);
    } catch (error) {
      throw unreadable(entry, check.exitCode, error);
    }
  }
  await chmod(to, 0o700);
};
