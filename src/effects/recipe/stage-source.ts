import { lstatSync, statSync } from "node:fs";
import { join } from "node:path";
import { cleanCopiedRepository } from "./git-folder.js";
import type { Git } from "./git.js";
import type { Origin } from "./ref-names.js";
import { copyRecipeTree } from "./recipe-tree.js";
import { sourceUnusable, unknownRecipe } from "./source-failures.js";

/** A plain folder becomes a repository of one commit: abra wants one, and there is nothing to upgrade from. */
export const stageFolder = async (git: Git, source: string, dir: string, signal: AbortSignal): Promise<Origin> => {
  await copyRecipeTree(source, dir, { exitCode: 2, signal });
  await git(["-C", dir, "init", "--quiet", "--initial-branch=main", "--template="], signal);
  await git(["-C", dir, "add", "--all"], signal);
  await git(["-C", dir, "commit", "--quiet", "--allow-empty", "--message=Staged from a folder"], signal);
  return "copy";
};

/** The staged copy with all of its refs; of its settings, only what git needs to read it. */
export const stageCopy = async (git: Git, recipe: string, staged: string, dir: string, signal: AbortSignal): Promise<Origin> => {
  if (statSync(staged, { throwIfNoEntry: false })?.isDirectory() !== true) throw unknownRecipe(recipe, staged, null);
  if (lstatSync(join(staged, ".git"), { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw sourceUnusable(staged, "is not a complete repository: CCCI_SKIP_FETCH copies one with its .git folder");
  }
  await copyRecipeTree(staged, dir, { exitCode: 2, signal }, true);
  const config = await git(["config", "--file", join(dir, ".git", "config"), "--no-includes", "--list", "-z"], signal);
  cleanCopiedRepository(dir, config);
  return "copy";
};
