import { join } from "node:path";
import type { App } from "../../machines/vocabulary.js";
import { checkOut } from "../recipe/check-out.js";
import { readRecipeFile } from "../recipe/gate.js";
import { abraShBytesMax } from "../recipe/recipe-file-refused.js";
import type { Git } from "../recipe/git.js";
import { checkRecipeTree } from "../recipe/recipe-tree.js";
import { assertAbraShIdentity } from "./identity.js";

export const recipeDirOf = (abraDir: string, { recipe }: Pick<App, "recipe">): string => join(abraDir, "recipes", recipe);

/**
 * Makes the run's tree of the recipe exactly what it was at a commit, because a chaos deploy uses whatever is there. Running
 * it twice gives the same result.
 *
 * The ref under test was checked before the lock; a published version is checked here. Throws `recipe-file-refused` or
 * `recipe-too-large`, exit code 1, or what `assertAbraShIdentity` throws.
 */
export const layOut = async (
  { git, abraDir }: { readonly git: Git; readonly abraDir: string },
  app: App,
  commit: string,
  signal: AbortSignal,
): Promise<string> => {
  const dir = recipeDirOf(abraDir, app);
  await checkOut(git, dir, commit, signal);
  await git(["-C", dir, "clean", "-ffdx", "--quiet"], signal);
  if (commit !== app.commit) {
    await checkRecipeTree(dir, { exitCode: 1, signal });
    assertAbraShIdentity(app, readRecipeFile(dir, "abra.sh", abraShBytesMax) ?? "");
  }
  return dir;
};
