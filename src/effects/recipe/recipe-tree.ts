import { constants, realpathSync } from "node:fs";
import { chmod, mkdir, open, readlink, rm, symlink } from "node:fs/promises";
import { hostTrouble, RunError } from "../../machines/errors.js";
import { judgeEntry } from "./judge-entry.js";
import { recipeFileRefused } from "./recipe-file-refused.js";
import { joined, walkTree, type TreeEntry } from "./walk-tree.js";

/** More than any recipe has. A folder with more was given by mistake. */
export const recipeEntriesMax = 50_000;
export const recipeBytesMax = 512 * 1024 * 1024;

/** Bytes to fetch of a repository, packed, with its history: the disk that they fill is everybody's. */
export const repositoryBytesMax = 1024 ** 3;

export const recipeTooLarge = (exitCode: 1 | 2): RunError =>
  new RunError(
    { code: "recipe-too-large", exitCode },
    `the recipe has more than ${recipeEntriesMax} files, more than ${recipeBytesMax / 1024 / 1024} MiB, or folders too deep`,
    {
      hint: "Is this the recipe's own folder?",
    },
  );

export const repositoryTooLarge = (bytesMax: number): RunError =>
  new RunError(
    { code: "recipe-too-large", exitCode: 1 },
    `the recipe's repository has more than ${Math.floor(bytesMax / 1024 / 1024)} MiB to fetch, its history included`,
    {
      hint: "Everybody who uses the recipe would have to fetch that: take large files out of its history.",
    },
  );

/** The failure of an entry that the system could not read: by name if it is the host's trouble, else the tree's. */
const unreadable = ({ path }: TreeEntry, exitCode: 1 | 2, error: unknown): unknown =>
  error instanceof RunError ? error : (hostTrouble(error) ?? recipeFileRefused(path.toString(), "unreadable", { exitCode, cause: error }));

interface TreeCheck {
  /** Who is to blame for a refusal: 1 the recipe, 2 whoever named the folder. */
  readonly exitCode: 1 | 2;
  readonly signal: AbortSignal;
}

interface JudgedEntry extends TreeEntry {
  readonly name: string;
}

async function* judged(dir: string, { exitCode, signal }: TreeCheck, skip: (path: Buffer) => boolean): AsyncGenerator<JudgedEntry> {
  const root = realpathSync.native(dir);
  let entries = 0;
  let bytes = 0;
  for await (const entry of walkTree(Buffer.from(root), skip)) {
    signal.throwIfAborted();
    entries += 1;
    bytes += entry.stats.isFile() ? entry.stats.size : 0;
    if (entries > recipeEntriesMax || bytes > recipeBytesMax) throw recipeTooLarge(exitCode);
    yield {
      ...entry,
      name: await judgeEntry(root, entry, exitCode).catch((error: unknown) => Promise.reject(unreadable(entry, exitCode, error))),
    };
  }
}

const isGitFolder = (path: Buffer): boolean => /(?:^|\/)\.git$/i.test(path.toString("latin1"));

/**
 * Checks a whole tree before anybody, abra and docker included, reads in it: no link leads out, there are only files, folders and
 * links, names are printable, and no file that is read in every recipe has more than 1 MiB. Ignores git's own folder. Throws
 * `recipe-file-refused` or `recipe-too-large`.
 */
export const checkRecipeTree = async (dir: string, check: TreeCheck): Promise<void> => {
  for await (const _ of judged(dir, check, isGitFolder)) {
    // Iterating checks each entry; nothing else is needed.
  }
};

const ownGitFolder = Buffer.from(".git");
const insideGitFolder = Buffer.from(".git/");

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK, O_WRONLY, O_CREAT, O_EXCL } = constants;
const chunkBytes = 64 * 1024;

/** Resolves with the bytes it has copied; throws `recipeTooLarge` beyond `bytesMax`, because a file may grow meanwhile. */
const copyFile = async ({ full, stats, name }: JudgedEntry, to: Buffer, { exitCode }: TreeCheck, bytesMax: number): Promise<number> => {
  const refuse = () => recipeFileRefused(name, "no-file", { exitCode });
  const source = await open(full, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    if (!(await source.stat()).isFile()) throw refuse();
    const target = await open(to, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, (stats.mode & 0o100) === 0 ? 0o600 : 0o700);
    try {
      const buffer = Buffer.alloc(chunkBytes);
      for (let copied = 0; ;) {
        const { bytesRead } = await source.read(buffer, 0, chunkBytes);
        copied += bytesRead;
        if (bytesRead === 0) return copied;
        if (copied > bytesMax) throw recipeTooLarge(exitCode);
        await target.writeFile(buffer.subarray(0, bytesRead));
      }
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
};

/** Resolves with the bytes it has copied. */
const copyEntry = async (entry: JudgedEntry, place: Buffer, check: TreeCheck, bytesMax: number): Promise<number> => {
  const { full, stats } = entry;
  if (stats.isDirectory()) await mkdir(place, { mode: 0o700 });
  else if (stats.isSymbolicLink()) await symlink(await readlink(full, { encoding: "buffer" }), place);
  else return copyFile(entry, place, check, bytesMax);
  return 0;
};

/** What is copied: `files`: everything except git's folders; `git`: only the folder's own git folder. */
const leftOut = {
  files: isGitFolder,
  git: (path: Buffer) => !path.equals(ownGitFolder) && !path.subarray(0, ownGitFolder.length + 1).equals(insideGitFolder),
};

/**
 * Copies a folder to one that does not exist yet, with the same checks. Links stay links. Files belong to the copier
 * and keep of their mode only whether they are executable. A repository inside is copied as a plain folder.
 */
export const copyRecipeTree = async (from: string, to: string, check: TreeCheck, what: keyof typeof leftOut = "files"): Promise<void> => {
  const target = Buffer.from(to);
  await rm(to, { recursive: true, force: true });
  await mkdir(to, { mode: 0o700 });
  let copied = 0;
  for await (const entry of judged(from, check, leftOut[what])) {
    if (entry.stats.isSocket()) continue;
    try {
      copied += await copyEntry(entry, joined(target, entry.path), check, recipeBytesMax - copied);
    } catch (error) {
      throw unreadable(entry, check.exitCode, error);
    }
  }
  await chmod(to, 0o700);
};
