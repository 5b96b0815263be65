import { overlayFor } from "../compose/overlay.js";
import { readRecipeFile } from "../recipe/gate.js";
import { viewsOf, type AppToCheck } from "./judge-app.js";

/** Some 400 lines of compose, which take 20 ms; recipes have 100. */
const charactersMax = 16 * 1024;
/** Times `$` stands in them, by the longest variable: what substitution could come to. */
const expansionMax = 256 * 1024;
/** Merge keys copy what they name. */
const aliasesMax = 10;

const count = (text: string, sign: string): number => text.split(sign).length - 1;

/** The texts of all the files, or null once they are more than a few. */
const textsOf = (dir: string, names: readonly string[], overlay: string): string | null => {
  const texts = [overlay];
  let left = charactersMax - overlay.length;
  for (const name of names) {
    if (left < 0) return null;
    const text = readRecipeFile(dir, name) ?? "";
    // With its name: there may be thousands of names of nothing.
    left -= text.length + name.length + 1;
    texts.push(text);
  }
  return left < 0 ? null : texts.join("\n");
};

/** Whether an app's compose files are too small to keep anybody waiting, whatever is in them. Throws `recipe-file-refused`. */
export const isQuicklyJudged = (input: AppToCheck): boolean => {
  const overlay = overlayFor(input.operatorDir, "") ?? "";
  return viewsOf(input).every(({ variables, files }) => {
    const text = textsOf(input.recipeDir, files, overlay);
    if (text === null || count(text, "*") > aliasesMax) return false;
    const longest = Object.values(variables).reduce((most, { length }) => Math.max(most, length), 0);
    return count(text, "$") * longest <= expansionMax;
  });
};
