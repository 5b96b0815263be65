import { lstatSync, statSync } from "node:fs";
import { join } from "node:path";
import { cleanCopiedRepository } from "./git-folder.js";
import type { Git } from "./git.js";
import { keepBytes } from "./keep-bytes.js";
import { copyRecipeTree } from "./recipe-tree.js";
import type { Origin } from "./ref-names.js";
import { sourceUnusable, unknownRecipe } from "./source-failures.js";
import { noteUncopied } from "./uncommitted.js";

/**
 * Turns a plain folder into a repository with one commit of everything in it, because abra needs one. There is no version to upgrade from.
 */
export const stageFolder = async (git: Git, source: string, dir: string, signal: AbortSignal): Promise<Origin> => {
  await copyRecipeTree(source, dir, { exitCode: 2, signal });
  await git(["-C", dir, "init", "--quiet", "--initial-branch=main", "--template="], signal);
  keepBytes(dir);
  await git(["-C", dir, "add", "--all", "--force"], signal);
  await git(["-C", dir, "commit", "--quiet", "--allow-empty", "--message=Staged from a folder"], signal);
  return "copy";
};

/** Files by which a repository uses another folder, whose settings count and which may vanish. */
const borrowing = ["commondir", "objects/info/alternates", "objects/info/http-alternates"];

/** Copies the staged copy's commits with all its refs, of its settings only those that git needs to read it, and none of its files. */
export const stageCopy = async (
  { git, note }: { readonly git: Git; readonly note: (line: string) => void },
  { recipe, dir }: { readonly recipe: string; readonly dir: string },
  staged: string,
  signal: AbortSignal,
): Promise<Origin> => {
  if (statSync(staged, { throwIfNoEntry: false })?.isDirectory() !== true) throw unknownRecipe(recipe, staged, null);
  if (lstatSync(join(staged, ".git"), { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw sourceUnusable(staged, "is not a complete repository: CCCI_SKIP_FETCH copies one with its .git folder");
  }
  await copyRecipeTree(staged, dir, { exitCode: 2, signal }, "git");
  for (const name of borrowing) {
    const size = lstatSync(join(dir, ".git", name), { throwIfNoEntry: false })?.size ?? 0;
    if (size > 0)
      throw sourceUnusable(
        staged,
        `is not a complete repository, for it borrows from another (.git/${name}): put a clone of it there, made with git clone --no-local`,
      );
  }
  const config = await git(["config", "--file", join(dir, ".git", "config"), "--no-includes", "--list", "-z"], signal);
  cleanCopiedRepository(dir, config);
  await noteUncopied(git, staged, note, signal);
  return "copy";
};
