import { overlayFor } from "../compose/overlay.js";
import { readRecipeFile } from "../recipe/gate.js";
import { expandsLittle } from "./expands-little.js";
import { viewsOf, type AppToCheck } from "./read-app.js";

/** About 400 lines of compose, which take 20 ms. Recipes have about 100. */
const charactersMax = 16 * 1024;

/** The texts of all files, or null if they are too long together. */
const textsOf = (dir: string, names: readonly string[], overlay: string): string | null => {
  const texts = [overlay];
  let left = charactersMax - overlay.length;
  for (const name of names) {
    if (left < 0) return null;
    const text = readRecipeFile(dir, name) ?? "";
    // The name counts too: there may be thousands of names of empty files.
    left -= text.length + name.length + 1;
    texts.push(text);
  }
  return left < 0 ? null : texts.join("\n");
};

/** Whether an app's compose files are so small that reading them is quick whatever they contain. Throws `recipe-file-refused`. */
export const isQuicklyJudged = (input: AppToCheck): boolean => {
  const overlay = overlayFor(input.operatorDir, "") ?? "";
  return viewsOf(input).every(({ variables, files }) => {
    const text = textsOf(input.recipeDir, files, overlay);
    return text !== null && expandsLittle(text, variables);
  });
};
