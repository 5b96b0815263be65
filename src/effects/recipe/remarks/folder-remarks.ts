import { readdirSync, type Dirent } from "node:fs";
import { join } from "node:path";
import { distance } from "fastest-levenshtein";
import { tiers } from "../../../machines/vocabulary.js";
import { overlayName } from "../../compose/overlay.js";
import { hookNames, isProgram, stem } from "../../tier/own/programs.js";
import { firstLine, programRemark } from "./program-remark.js";

/** Names that differ by more letters are not slips of one another. */
const slipMax = 2;

/** A remark on a name that is almost one of those that are read. */
const slipRemark = (name: string, known: readonly string[]): string | null => {
  const meant = known.find((one) => one !== name && distance(name, one) <= slipMax);
  return meant === undefined ? null : `no name that recipe-ci reads. Did you mean ${meant}?`;
};

const entriesOf = (folder: string): readonly Dirent[] => {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return []; // The folder does not exist.
  }
};

const topRemark = (file: string, name: string, programs: ReadonlySet<string>): string | null => {
  const base = stem(name);
  if (!hookNames.includes(base)) return slipRemark(name, ["recipe.yml", overlayName]) ?? slipRemark(base, hookNames);
  if (isProgram(file)) return programRemark(file);
  return programs.has(base) ? null : "not executable, so it is not run: chmod +x";
};

const testRemark = (file: string): string | null => {
  if (isProgram(file)) return programRemark(file);
  // Without a #! line it is data for a test beside it.
  return firstLine(file).startsWith("#!") ? "not executable, so it is taken for data: chmod +x" : null;
};

const told = (path: string, remark: string | null): readonly string[] => (remark === null ? [] : [`${path}: ${remark}`]);

const stageRemarks = (folder: string, stage: string): readonly string[] => {
  const path = join("tests", stage);
  if (!tiers.some((tier) => tier === stage)) return told(path, slipRemark(stage, tiers));
  return entriesOf(join(folder, path)).flatMap(({ name }) => told(join(path, name), testRemark(join(folder, path, name))));
};

/**
 * Remarks on files in the operator's folder for a recipe that will not do what their names promise. Runs nothing and reads only first
 * lines.
 */
export const folderRemarks = (folder: string): readonly string[] => {
  const files = entriesOf(folder).flatMap((entry) => (entry.isDirectory() ? [] : [entry.name]));
  const programs = new Set(files.filter((name) => isProgram(join(folder, name))).map(stem));
  const stages = entriesOf(join(folder, "tests")).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  return [
    ...files.flatMap((name) => told(name, topRemark(join(folder, name), name, programs))),
    ...stages.flatMap((stage) => stageRemarks(folder, stage)),
  ];
};
