import { RunError } from "../../machines/errors.js";
import { sampleName } from "../../effects/recipe/file-names.js";
import { settingsIn } from "../../effects/abra/env-file.js";
import { recipeOfType } from "../../effects/abra/identity.js";
import { readRecipeFile } from "../../effects/recipe/gate.js";

/** Whatever is wrong with the folder, the call was wrong (exit code 2): nothing has been touched yet. */
const wrongFolder = (folder: string, why: string, cause?: unknown): RunError =>
  new RunError("no-recipe", `${folder} is not a recipe's folder: ${why}`, {
    hint: "Go into a recipe's folder, one with compose.yml and .env.sample, or name a recipe: recipe-ci run NAME",
    cause,
  });

const typeIn = (folder: string): string | null => {
  try {
    const sample = readRecipeFile(folder, sampleName);
    if (sample === null) return null;
    const settings = settingsIn(sample, sampleName);
    return recipeOfType(settings["TYPE"] ?? settings["RECIPE"] ?? "");
  } catch (error) {
    throw error instanceof RunError ? wrongFolder(folder, error.message, error) : error;
  }
};

/** The name of the recipe in a folder, according to its .env.sample. Throws `no-recipe`, exit code 2. */
export const recipeInFolder = (folder: string): string => {
  const type = typeIn(folder);
  if (type === null) throw wrongFolder(folder, "it has no .env.sample");
  if (type === "") throw wrongFolder(folder, "its .env.sample has no TYPE");
  return type;
};
