import { existsSync, lstatSync, readdirSync, statSync, writeFileSync, type Stats } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import { RunError } from "../../machines/errors.js";
import { FileRefused, readRegular } from "../files/regular-file.js";
import { shownName } from "./recipe-file-refused.js";
import { walkTree } from "./walk-tree.js";
import { removeFile, removeTree } from "../files/remove.js";

const badRepository = (path: string, why: string): RunError =>
  new RunError("source-unusable", `the repository ${shownName(path)} cannot be used: ${why}`, {
    hint: "git -C PATH status, and git -C PATH fsck, say more.",
  });

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

const textMax = 8_192;

const lineIn = (file: string): string | null => {
  try {
    return readRegular(file, textMax).toString("utf8").trim();
  } catch (error) {
    if (error instanceof FileRefused) return null;
    throw error;
  }
};

/** Whether git would take a folder for a repository; a bare one has its things in the folder itself. */
export const isRepository = (path: string): boolean =>
  lstatSync(join(path, ".git"), { throwIfNoEntry: false }) !== undefined ||
  (isFolder(join(path, "objects")) && isFolder(join(path, "refs")) && existsSync(join(path, "HEAD")));

/** The folders that git reads for a repository: in a linked worktree `.git` is a file that names one of another's. */
const foldersOfGit = (path: string): readonly string[] => {
  const git = join(path, ".git");
  const named = lstatSync(git, { throwIfNoEntry: false });
  if (named === undefined) return [path];
  if (isFolder(git)) return [git];
  const content = lineIn(git);
  const target = /^gitdir: (.+)$/.exec(content ?? "")?.[1];
  if (target === undefined) throw badRepository(path, "its .git is neither a folder nor a file that names one");
  const own = resolve(path, target);
  if (!isFolder(own)) throw badRepository(path, `its .git names ${shownName(own)}, and there is no such folder`);
  const common = lineIn(join(own, "commondir"));
  return common === null ? [own] : [own, resolve(own, common)];
};

const entriesMax = 200_000;

/** What opening a name would open: for a link its target; undefined for a broken link. */
const behind = (full: Buffer, stats: Stats): Stats | undefined => {
  if (!stats.isSymbolicLink()) return stats;
  try {
    return statSync(full);
  } catch {
    return undefined; // git could not open it either.
  }
};

/**
 * Looks for what would make git wait or read for ever: git opens whatever it finds under the name of a file of its own, and
 * follows links.
 *
 * A worktree's files are not looked at: a clone does not read them. Rejects with `source-unusable`, exit code 2.
 */
export const checkRepository = async (path: string, signal: AbortSignal): Promise<void> => {
  let entries = 0;
  for (const folder of foldersOfGit(path)) {
    for await (const { path: name, full, stats } of walkTree(Buffer.from(folder))) {
      signal.throwIfAborted();
      entries += 1;
      if (entries > entriesMax) return;
      // Sockets are git's own: its monitor has one there.
      const opened = behind(full, stats);
      if (opened?.isFIFO() === true || opened?.isCharacterDevice() === true || opened?.isBlockDevice() === true) {
        throw badRepository(path, `${shownName(join(folder, name.toString()))} is not a regular file`);
      }
    }
  }
};

/** The repository's form. Who else would have a say stays behind, and so does what its file system was like. */
const keptSetting = /^(?:core\.repositoryformatversion|extensions\.(?:objectformat|refstorage))$/i;

/**
 * Keeps the content of a copied repository and removes what would be run or read from elsewhere: settings, hooks, attributes. The
 * index is removed too, because what it says about checked-out files is not true here. `settings`: the output of `git config
 * --list -z` for it.
 */
export const cleanCopiedRepository = (dir: string, settings: string): void => {
  const git = join(dir, ".git");
  for (const name of ["hooks", "config.worktree", "info", "worktrees", "modules", "index"]) removeTree(join(git, name));
  for (const name of readdirSync(git)) if (name.endsWith(".lock")) removeFile(join(git, name));
  const lines = settings.split("\0").flatMap((entry) => {
    const [key = "", ...value] = entry.split("\n");
    if (!keptSetting.test(key)) return [];
    const parts = key.split(".");
    const section = parts.length === 2 ? `[${parts[0]}]` : `[${parts[0]} "${parts.slice(1, -1).join(".")}"]`;
    return [`${section}\n\t${parts.at(-1)} = ${JSON.stringify(value.join("\n"))}\n`];
  });
  writeFileSync(join(git, "config"), lines.join(""), { mode: 0o600 });
};

/** The folder above a path, for GIT_CEILING_DIRECTORIES: a repository that merely contains the path must not be used. */
export const ceiling = (path: string): string => dirname(path.endsWith(sep) ? path.slice(0, -1) : path);
