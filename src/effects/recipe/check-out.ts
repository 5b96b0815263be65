import type { RunError } from "../../machines/errors.js";
import type { Git } from "./git.js";
import { recipeBytesMax, recipeEntriesMax, recipeTooLarge } from "./recipe-tree.js";

/** What a listing says of one entry up to its path: mode, kind, object, size. */
const entryForm = /^\d+ \w+ [0-9a-f]+ +(\d+|-)\t/;
/** No path that a file system takes is longer. */
const pathMax = 4_096;

/** Counts what git lists, as it comes: null while it is not too much. */
const createCount = (): ((text: string) => RunError | null) => {
  let [entries, bytes, rest] = [0, 0, ""];
  return (text) => {
    const lines = (rest + text).split("\0");
    rest = lines.pop() ?? "";
    entries += lines.length;
    for (const line of lines) bytes += Number(entryForm.exec(line)?.[1]) || 0;
    const isTooLong = [...lines, rest].some(({ length }) => length > pathMax);
    return entries > recipeEntriesMax || bytes > recipeBytesMax || isTooLong ? recipeTooLarge(1) : null;
  };
};

/**
 * A repository of 2 KiB can have a tree of 10^10 files, or of 50 GB: folders and files that are the same are one object. So
 * the tree is counted before any of it is on the disk or in git's memory.
 */
const assertFits = async (git: Git, dir: string, commit: string, signal: AbortSignal): Promise<void> => {
  const count = createCount();
  const tooLarge = new AbortController();
  const onOutput = (text: string): void => {
    const why = count(text);
    if (why !== null) tooLarge.abort(why);
  };
  try {
    await git(["-C", dir, "ls-tree", "-r", "-t", "--long", "-z", "--full-tree", commit], { signal: AbortSignal.any([signal, tooLarge.signal]), onOutput });
  } catch (error) {
    throw tooLarge.signal.aborted ? tooLarge.signal.reason : error;
  }
  tooLarge.signal.throwIfAborted();
};

/** Makes the tree in `dir` that of the commit. Throws `recipe-too-large`, exit code 1, before anything has changed. */
export const checkOut = async (git: Git, dir: string, commit: string, signal: AbortSignal): Promise<void> => {
  await assertFits(git, dir, commit, signal);
  await git(["-C", dir, "checkout", "--quiet", "--force", "--detach", commit], signal);
};
