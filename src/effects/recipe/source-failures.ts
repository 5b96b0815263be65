import { RunError } from "../../machines/errors.js";
import { shownName } from "./recipe-file-refused.js";

export const unknownRecipe = (recipe: string, source: string, cause: unknown): RunError =>
  new RunError("unknown-recipe", `the recipe ${recipe} could not be fetched from ${shownName(source)}${cause instanceof Error ? ` (${cause.message})` : ""}`, {
    hint: "Check the name, or give its repository with --src.",
    cause,
  });

export const sourceUnusable = (source: string, why: string): RunError =>
  new RunError("source-unusable", `the source ${shownName(source)} ${why}`, { hint: "Give a folder, a git repository or its address." });

export const badRef = (ref: string, cause?: unknown): RunError =>
  new RunError("bad-ref", `there is no ${shownName(ref)} in the recipe's repository`, {
    hint: "Give a branch, a tag or a commit that has been pushed.",
    cause,
  });
