import type { Git } from "./git.js";
import { recipeFileRefused } from "./recipe-file-refused.js";

/** A .gitattributes of a commit. */
export interface AttributesFile {
  readonly path: string;
  readonly blob: string;
  readonly bytes: number;
}

/** The largest in a recipe known to us has a few hundred bytes. */
const bytesMax = 16 * 1024;
const deepMax = 2;

/** In a quoted pattern a star may be written as its number. */
const hasTooMany = (line: string): boolean => line.replaceAll("\\052", "*").split("**").length - 1 > deepMax;

/**
 * For each file that it checks out, git matches the patterns of all .gitattributes and tries every way to split a path among the
 * `**` of a pattern: a dozen of them took minutes for one file below a hundred folders. Throws `recipe-file-refused`, exit
 * code 1, for such patterns.
 */
export const assertQuickPatterns = async (git: Git, dir: string, files: readonly AttributesFile[], signal: AbortSignal): Promise<void> => {
  let left = bytesMax;
  for (const { path, blob, bytes } of files) {
    left -= bytes;
    if (left < 0) throw recipeFileRefused(path, "attributes", { reason: `all .gitattributes of it have more than ${bytesMax / 1024} KiB` });
    const text = await git(["-C", dir, "cat-file", "blob", blob], signal);
    if (text.split("\n").some(hasTooMany))
      throw recipeFileRefused(path, "attributes", { reason: `a pattern of it has ** more than ${deepMax} times` });
  }
};
