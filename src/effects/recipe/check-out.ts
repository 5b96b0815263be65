import type { RunError } from "../../machines/errors.js";
import { assertQuickPatterns, type AttributesFile } from "./attribute-patterns.js";
import type { Git } from "./git.js";
import { keepBytes } from "./keep-bytes.js";
import { judgeName } from "./judge-name.js";
import { shownName } from "./recipe-file-refused.js";
import { recipeBytesMax, recipeEntriesMax, recipeTooLarge } from "./recipe-tree.js";

/** One entry of a listing: mode, kind, object, size, path. */
const entryForm = /^\d+ (\w+) ([0-9a-f]+) +(\d+|-)\t(.*)$/s;
const submodulesMax = 10;
/** The system's limit is 4,096, and the path of the run's folder comes in front. Bytes. */
const pathMax = 3_072;

interface Count {
  /** Null as long as it is not too much. */
  readonly add: (text: string) => RunError | null;
  readonly submodules: readonly string[];
  readonly attributes: readonly AttributesFile[];
}

/** Counts git's listing as it arrives. */
const createCount = (): Count => {
  let [entries, bytes, rest] = [0, 0, ""];
  const submodules: string[] = [];
  const attributes: AttributesFile[] = [];
  let refused: RunError | null = null;
  const add = (text: string): RunError | null => {
    const lines = (rest + text).split("\0");
    rest = lines.pop() ?? "";
    entries += lines.length;
    for (const line of lines) {
      const [, kind, object = "", size, path = ""] = entryForm.exec(line) ?? [];
      bytes += Number(size) || 0;
      refused ??= judgeName(path);
      if (kind === "blob" && /(?:^|\/)\.gitattributes$/.test(path)) attributes.push({ path, blob: object, bytes: Number(size) || 0 });
      if (kind === "commit" && submodules.length < submodulesMax) submodules.push(shownName(path));
    }
    const isTooLong = [...lines, rest].some((line) => Buffer.byteLength(line) > pathMax);
    return entries > recipeEntriesMax || bytes > recipeBytesMax || isTooLong ? recipeTooLarge(1) : refused;
  };
  return { add, submodules, attributes };
};

/**
 * A repository of 2 KiB can have a tree of 10^10 files or of 50 GB, because equal folders and files are one object. So
 * the tree is counted before any of it is on disk or in git's memory. Resolves with the submodules in it.
 */
const assertFits = async (git: Git, dir: string, commit: string, signal: AbortSignal): Promise<readonly string[]> => {
  const { add, submodules, attributes } = createCount();
  const tooLarge = new AbortController();
  const onOutput = (text: string): void => {
    const why = add(text);
    if (why !== null) tooLarge.abort(why);
  };
  try {
    await git(["-C", dir, "ls-tree", "-r", "-t", "--long", "-z", "--full-tree", commit], {
      signal: AbortSignal.any([signal, tooLarge.signal]),
      onOutput,
    });
  } catch (error) {
    throw tooLarge.signal.aborted ? tooLarge.signal.reason : error;
  }
  tooLarge.signal.throwIfAborted();
  await assertQuickPatterns(git, dir, attributes, signal);
  return submodules;
};

/**
 * Makes the tree in `dir` that of the commit, and resolves with the names of its submodules, ten at most, whose folders stay
 * empty. Throws `recipe-too-large` or `recipe-file-refused`, exit code 1, before anything has changed.
 */
export const checkOut = async (git: Git, dir: string, commit: string, signal: AbortSignal): Promise<readonly string[]> => {
  const submodules = await assertFits(git, dir, commit, signal);
  keepBytes(dir);
  await git(["-C", dir, "checkout", "--quiet", "--force", "--detach", commit], signal);
  return submodules;
};
