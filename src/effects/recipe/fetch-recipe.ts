import { cpSync, existsSync, mkdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { RunError } from "../../machines/errors.js";
import type { Git } from "./git.js";

export interface FetchSettings {
  readonly git: Git;
  /** The canonical ABRA_DIR, whose staged copy CCCI_SKIP_FETCH uses. */
  readonly canonical: string;
  readonly skipFetch: boolean;
  /** Where a recipe's repository is when no source is given. */
  readonly repositoryOf: (recipe: string, signal: AbortSignal) => string | Promise<string>;
  readonly note: (line: string) => void;
}

const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();

const unknownRecipe = (recipe: string, source: string, cause: unknown): RunError =>
  new RunError("unknown-recipe", `the recipe ${recipe} is not to be had from ${source}`, {
    hint: "Check the name, or give its repository with --src.",
    exitCode: 2,
    cause,
  });

const badRef = (ref: string, cause?: unknown): RunError =>
  new RunError("bad-ref", `there is no ${ref} in the recipe's repository`, {
    hint: "Give a branch, a tag or a commit that has been pushed.",
    exitCode: 2,
    cause,
  });

/** A plain folder becomes a repository of one commit: abra wants one, and there is nothing to upgrade from. */
const stageFolder = async (git: Git, source: string, dir: string, signal: AbortSignal): Promise<void> => {
  cpSync(source, dir, { recursive: true, verbatimSymlinks: true });
  await git(["-C", dir, "init", "--quiet", "--initial-branch=main"], signal);
  await git(["-C", dir, "add", "--all"], signal);
  await git(["-C", dir, "commit", "--quiet", "--message=Staged from a folder"], signal);
};

const clone = async ({ git, note }: FetchSettings, recipe: string, source: string, dir: string, signal: AbortSignal): Promise<void> => {
  if (isFolder(join(source, ".git")) && (await git(["-C", source, "status", "--porcelain"], signal)) !== "") {
    note(`${source} has uncommitted changes: they are NOT tested, only what is committed`);
  }
  try {
    await git(["clone", "--quiet", "--tags", "--", source, dir], signal);
  } catch (error) {
    if (error instanceof RunError && error.code === "git-failed") throw unknownRecipe(recipe, source, error);
    throw error;
  }
};

const fetchInto = async (settings: FetchSettings, recipe: string, source: string | null, dir: string, signal: AbortSignal): Promise<void> => {
  const staged = join(settings.canonical, "recipes", recipe);
  if (settings.skipFetch) {
    if (!isFolder(staged)) throw unknownRecipe(recipe, staged, null);
    cpSync(staged, dir, { recursive: true, verbatimSymlinks: true });
    return;
  }
  const from = source ?? (await settings.repositoryOf(recipe, signal));
  const isPlainFolder = isFolder(from) && !existsSync(join(from, ".git")) && !existsSync(join(from, "HEAD"));
  if (isPlainFolder) await stageFolder(settings.git, from, dir, signal);
  else await clone(settings, recipe, from, dir, signal);
};

/** A branch of the clone is a remote one; a tag or a commit is known by its own name; a PR's head may need fetching. */
const resolveRef = async (git: Git, dir: string, ref: string, signal: AbortSignal): Promise<string> => {
  for (const candidate of [`refs/remotes/origin/${ref}`, `refs/tags/${ref}`, ref]) {
    try {
      return await git(["-C", dir, "rev-parse", "--verify", "--quiet", "--end-of-options", `${candidate}^{commit}`], signal);
    } catch (error) {
      if (!(error instanceof RunError) || error.code !== "git-failed") throw error;
    }
  }
  try {
    await git(["-C", dir, "fetch", "--quiet", "origin", "--", ref], signal);
    return await git(["-C", dir, "rev-parse", "--verify", "FETCH_HEAD^{commit}"], signal);
  } catch (error) {
    if (error instanceof RunError && error.code === "forge-unreachable") throw error;
    throw badRef(ref, error);
  }
};

/**
 * The recipe's repository in `dir`, checked out at the full commit that it returns.
 *
 * Whatever was in `dir` before is gone. Throws `unknown-recipe`, `bad-ref` (exit code 2) or `forge-unreachable` (69).
 */
export const fetchRecipe = async (
  settings: FetchSettings,
  { recipe, source, ref, dir }: { recipe: string; source: string | null; ref: string | null; dir: string },
  signal: AbortSignal,
): Promise<string> => {
  // git would take it for an option.
  if (ref?.startsWith("-") === true) throw badRef(ref);
  if (source?.startsWith("-") === true) throw unknownRecipe(recipe, source, null);
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(join(dir, ".."), { recursive: true });
  await fetchInto(settings, recipe, source, dir, signal);
  const commit = await resolveRef(settings.git, dir, ref ?? "HEAD", signal);
  await settings.git(["-C", dir, "checkout", "--quiet", "--force", "--detach", commit], signal);
  return commit;
};
