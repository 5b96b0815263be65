import { lstatSync } from "node:fs";
import { join } from "node:path";
import { findNobody, openForNobody } from "../tier/own/nobody.js";
import { shownName } from "./recipe-file-refused.js";
import { copyRecipeTree } from "./recipe-tree.js";
import { walkTree } from "./walk-tree.js";

/** Where a recipe keeps tests and hooks of its own. */
const ownCodeName = ".recipe-ci";

export interface OwnCodeSettings {
  /** Whether the host's settings file lists the recipe under allowRepoTests. */
  readonly isAllowed: boolean;
  /** The settings file, for people. */
  readonly settingsFile: string;
  readonly runDir: string;
  /** Where to copy it; empty if nothing may run. */
  readonly ownCodeDir: string;
  readonly note: (line: string) => void;
}

const namedMax = 10;

/** The names of the programs in it, for people. */
const programsIn = async (folder: string): Promise<readonly string[]> => {
  const names: string[] = [];
  for await (const { path, stats } of walkTree(Buffer.from(folder)))
    if (stats.isFile() && (stats.mode & 0o111) !== 0) names.push(shownName(path.toString()));
  return names.sort();
};

const listed = (names: readonly string[]): string =>
  names.length === 0
    ? "no programs"
    : names.length > namedMax
      ? `${names.slice(0, namedMax).join(", ")} and ${names.length - namedMax} more`
      : names.join(", ");

/**
 * Copies the recipe's `.recipe-ci` if this host's settings allow that recipe: it is its author's code, which a pull
 * request may have changed. Says in either case what was done.
 */
export const copyOwnCode = async (
  recipe: string,
  dir: string,
  { isAllowed, settingsFile, runDir, ownCodeDir, note }: OwnCodeSettings,
  signal: AbortSignal,
): Promise<void> => {
  const folder = join(dir, ownCodeName);
  if (lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return;
  const names = listed(await programsIn(folder));
  if (!isAllowed) {
    note(
      `the recipe brings programs of its own (${ownCodeName}: ${names}): NOT run, for ${settingsFile} does not list ${recipe} under allowRepoTests`,
    );
    return;
  }
  const nobody = findNobody();
  await copyRecipeTree(folder, ownCodeDir, { exitCode: 1, signal });
  if (nobody !== null) await openForNobody(runDir, ownCodeDir);
  note(
    `the recipe brings programs of its own (${ownCodeName}: ${names}): run ${nobody === null ? "as this user" : "as nobody"} and without the run's secrets, for ${settingsFile} lists ${recipe}`,
  );
};
