import { accessSync, constants, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { tiers, type Tier } from "../../../machines/vocabulary.js";
import { folderLost } from "../../record/folder-lost.js";

/** Who wrote a program: the operator of this host, who is trusted, or the recipe's own repository, so whoever opened the pull request. */
export type Author = "operator" | "recipe";

/** A program that belongs to one recipe. */
export interface OwnProgram {
  readonly name: string;
  readonly file: string;
  readonly author: Author;
  /** The folder that it came from, in which it is started. */
  readonly folder: string;
}

/** The run's copies of the two folders. */
export interface OwnFolders {
  /** The operator's folder for the recipe; it may be missing. */
  readonly operatorDir: string;
  /** The recipe's `.recipe-ci`, which may be missing. null: nothing in it may run. */
  readonly recipeDir: string | null;
}

/** The names of a recipe's hooks, without an extension. */
export const hookNames: readonly string[] = ["install_steps", ...tiers.flatMap((tier) => [`pre_${tier}`, `post_${tier}`])];

/** Whether it would be run: it is a file and executable for this user. */
export const isProgram = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false; // It is data beside a program, or gone.
  }
};

const namesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder).sort();
  } catch {
    return []; // The folder does not exist.
  }
};

const programsIn = (folder: string, below: string, author: Author): readonly OwnProgram[] =>
  namesIn(join(folder, below)).flatMap((name) => {
    const file = join(folder, below, name);
    return isProgram(file) ? [{ name, file, author, folder }] : [];
  });

const inBoth = ({ operatorDir, recipeDir }: OwnFolders, below: string): readonly OwnProgram[] => {
  const operators = programsIn(operatorDir, below, "operator");
  const names = new Set(operators.map(({ name }) => name));
  const recipes = recipeDir === null ? [] : programsIn(recipeDir, below, "recipe").filter(({ name }) => !names.has(name));
  return [...operators, ...recipes].toSorted((a, b) => (a.name < b.name ? -1 : 1));
};

/** The tests of a tier, sorted by name. If two have the same name, the operator's counts. */
export const testsOf = (folders: OwnFolders, tier: Tier): readonly OwnProgram[] => inBoth(folders, join("tests", tier));

/** A name without its extension. */
export const stem = (name: string): string => name.replace(/\.[^.]+$/, "");

/** A program beside recipe.yml by name, with or without an extension: `pre_upgrade` may be `pre_upgrade.py`. The operator's wins. */
export const programNamed = (folders: OwnFolders, name: string): OwnProgram | null => {
  const found = inBoth(folders, "").filter((program) => program.name === name || stem(program.name) === name);
  return found.find(({ author }) => author === "operator") ?? found[0] ?? null;
};

/**
 * Remembers the programs in the folders as they are now. The returned function throws `run-folder-lost`, exit code 69,
 * if one of them is no longer a program: otherwise a missing test would be skipped without anybody noticing.
 */
export const rememberPrograms = (folders: OwnFolders): (() => void) => {
  const known = ["", ...tiers.map((tier) => join("tests", tier))].flatMap((below) => inBoth(folders, below));
  return () => {
    const lost = known.find(({ file }) => !isProgram(file));
    if (lost === undefined) return;
    throw folderLost(`the run's copy of ${lost.name} was removed in mid-run, or may not be executed any more: ${lost.file}`);
  };
};
