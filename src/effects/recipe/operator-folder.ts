import { existsSync } from "node:fs";
import { join } from "node:path";

/** The operator's folder for a recipe: in the first of the folders that has one, or null. */
export const operatorFolderOf = (recipesDirs: readonly string[], recipe: string): string | null =>
  recipesDirs.map((folder) => join(folder, recipe)).find((folder) => existsSync(folder)) ?? null;
