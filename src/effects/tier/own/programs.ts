import { accessSync, constants, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { tiers, type Tier } from "../../../machines/vocabulary.js";
import { folderLost } from "../../record/folder-lost.js";

/** Who wrote a program: the operator of this host, who is trusted, or the recipe's own repository, which is whoever opened the pull request. */
export type Author = "operator" | "recipe";

/** A program that belongs to one recipe. */
export interface OwnProgram {
  readonly name: string;
  readonly file: string;
  readonly author: Author;
  /** The folder that it came with: where it is started. */
  readonly folder: string;
}

/** The run's own copies of the two folders. */
export interface OwnFolders {
  /** The operator's for the recipe; may be missing. */
  readonly operatorDir: string;
  /** `.recipe-ci` of the recipe; null: nothing of it may run. May be missing. */
  readonly recipeDir: string | null;
}

/** The names that a recipe's hooks have, without an ending. */
export const hookNames: readonly string[] = ["install_steps", ...tiers.flatMap((tier) => [`pre_${tier}`, `post_${tier}`])];

/** Whether it would be run: a file, and executable for this user. */
export const isProgram = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false; // Data that lies beside a program, or gone.
  }
};

const namesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder).sort();
  } catch {
    return []; // There is no such folder.
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

/** The tests of a tier in the order of their names; of two with one name the operator's. */
export const testsOf = (folders: OwnFolders, tier: Tier): readonly OwnProgram[] => inBoth(folders, join("tests", tier));

/** A name without its ending. */
export const stem = (name: string): string => name.replace(/\.[^.]+$/, "");

/** A program beside recipe.yml by its name, with or without an ending: `pre_upgrade` is also `pre_upgrade.py`. The operator's wins. */
export const programNamed = (folders: OwnFolders, name: string): OwnProgram | null => {
  const found = inBoth(folders, "").filter((program) => program.name === name || stem(program.name) === name);
  return found.find(({ author }) => author === "operator") ?? found[0] ?? null;
};

/**
 * The programs of the folders as they are now. The function throws `run-folder-lost`, exit code 69, once one of them is a program no more: a test that is not
 * there would be left out, and nobody told.
 */
export const rememberPrograms = (folders: OwnFolders): (() => void) => {
  const known = ["", ...tiers.map((tier) => join("tests", tier))].flatMap((below) => inBoth(folders, below));
  return () => {
    const lost = known.find(({ file }) => !isProgram(file));
    if (lost === undefined) return;
    throw folderLost(`the run's copy of ${lost.name} was removed in mid-run, or may not be executed any more: ${lost.file}`);
  };
};
