import { closeSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { hostTrouble, messageOf, RunError } from "../../machines/errors.js";
import { codeOf } from "../../effects/files/error-code.js";
import type { HostSettings } from "./host.js";

/** In the recipe's own folder if that was named, else in the operator's folder for the recipe. */
export const settingsFileFor = ({ recipesDirs, recipe }: HostSettings & { readonly recipe: string }, folder: string | null): string =>
  folder === null ? join(recipesDirs[0] ?? ".", recipe, "recipe.yml") : join(folder, ".recipe-ci", "recipe.yml");

/** Writes a new file. Throws `bad-setting` (2) if it exists, `cannot-write` (69) if it cannot be written. */
export const putNew = (file: string, text: string): void => {
  try {
    mkdirSync(dirname(file), { recursive: true });
    const fd = openSync(file, "wx", 0o644);
    try {
      writeFileSync(fd, text);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (codeOf(error) === "EEXIST")
      throw new RunError("bad-setting", `${file} is there already`, {
        hint: "It stays as it is. Move it away to have a new one written.",
        cause: error,
      });
    throw (
      hostTrouble(error) ??
      new RunError("cannot-write", `${file} could not be written: ${messageOf(error)}`, {
        hint: "Set CCCI_RECIPES_DIR to a folder that you may write to.",
        cause: error,
      })
    );
  }
};
