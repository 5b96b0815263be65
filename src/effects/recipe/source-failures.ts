import { RunError } from "../../machines/errors.js";
import type { Named } from "./refs-named.js";
import { shownName } from "./recipe-file-refused.js";

export const unknownRecipe = (recipe: string, source: string, cause: unknown): RunError =>
  new RunError(
    "unknown-recipe",
    `the recipe ${recipe} could not be fetched from ${shownName(source)}${cause instanceof Error ? ` (${cause.message})` : ""}`,
    {
      hint: "Check the name, or give its repository with --src.",
      cause,
    },
  );

export const sourceUnusable = (source: string, why: string): RunError =>
  new RunError("source-unusable", `the source ${shownName(source)} ${why}`, { hint: "Give a folder, a git repository or its address." });

export const badRef = (ref: string, cause?: unknown): RunError =>
  new RunError("bad-ref", `there is no ${shownName(ref)} in the recipe's repository`, {
    hint: ref.startsWith("origin/")
      ? "A branch goes by its name in the repository, without origin/ before it."
      : "Give a branch, a tag or a commit that has been pushed.",
    cause,
  });

/** The failure of a tag or an id that leads to files and not to a commit. */
export const noCommit = (ref: string, { kind }: Named): RunError =>
  new RunError("bad-ref", `${shownName(ref)} in the recipe's repository is a ${kind}, and no commit`, {
    hint: "Give a branch, a commit, or a tag that stands for one.",
  });

const namedMax = 5;

export const ambiguousRef = (ref: string, found: readonly Named[]): RunError =>
  new RunError("ambiguous-ref", `${shownName(ref)} stands for more than one commit of the recipe's repository`, {
    hint: `Give the one that is meant: ${found
      .flatMap(({ name, commit }) => (commit === null ? [] : [name === commit ? commit : `${shownName(name)} (${commit.slice(0, 12)})`]))
      .slice(0, namedMax)
      .join(" or ")}.`,
  });
