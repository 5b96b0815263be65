import { lstatSync, mkdirSync, realpathSync, statSync, type Stats } from "node:fs";
import { isAbsolute, join } from "node:path";
import { hostTrouble, isRunError } from "../../machines/errors.js";
import { codeOf } from "../files/error-code.js";
import { checkOut } from "./check-out.js";
import { checkRecipeTree, repositoryBytesMax } from "./recipe-tree.js";
import type { Git } from "./git.js";
import { checkRepository, isRepository } from "./git-folder.js";
import type { Origin } from "./ref-names.js";
import { assertRef, resolveRef } from "./resolve-ref.js";
import { sourceUnusable, unknownRecipe } from "./source-failures.js";
import { stageCopy, stageFolder } from "./stage-source.js";
import { withExceptions } from "./owner-exceptions.js";
import { noteUncommitted } from "./uncommitted.js";
import { removeTree } from "../files/remove.js";

export interface FetchSettings {
  readonly git: Git;
  /** The canonical ABRA_DIR, whose staged copy CCCI_SKIP_FETCH uses. */
  readonly canonical: string;
  readonly skipFetch: boolean;
  /** Where a recipe's repository is when no source is given. */
  readonly repositoryOf: (recipe: string, signal: AbortSignal) => string | Promise<string>;
  readonly note: (line: string) => void;
  /** Most bytes to fetch of a repository, packed. */
  readonly packBytesMax?: number;
}

/** Which recipe to fetch, and into which folder. */
interface Wanted {
  readonly recipe: string;
  readonly dir: string;
}

/** A local repository answers at once; if not, something in it makes git wait. ms */
const localLimitMs = 60_000;

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true;

/** Whether a source has no working files that could have been changed. */
const hasNoFiles = (source: string): boolean => isFile(source) || lstatSync(join(source, ".git"), { throwIfNoEntry: false }) === undefined;

/** A form of the path for which git does not try `PATH.git` and others, which would be another repository beside the source. */
const exactly = (source: string): string => {
  if (!isAbsolute(source) || isFile(source)) return source;
  return lstatSync(join(source, ".git"), { throwIfNoEntry: false }) === undefined ? `${source}/.` : join(source, ".git");
};

const clone = async (
  { git, note, packBytesMax = repositoryBytesMax }: FetchSettings,
  { recipe, dir }: Wanted,
  source: string,
  signal: AbortSignal,
): Promise<Origin> => {
  const isLocal = isAbsolute(source);
  if (isLocal) {
    if (!isFile(source)) await checkRepository(source, signal);
    if (!hasNoFiles(source)) await noteUncommitted(git, source, note, signal);
  }
  try {
    // Not git's shortcut for local repositories, which copies files: without it git reads each object and takes nothing else.
    await git(["clone", "--quiet", "--no-checkout", "--no-local", "--template=", "--", exactly(source), dir], {
      signal,
      remote: !isLocal,
      packBytesMax,
      ...(isLocal ? { limitMs: localLimitMs } : {}),
    });
  } catch (error) {
    if (isRunError(error) && error.code === "unknown-repository") throw unknownRecipe(recipe, source, error);
    throw error;
  }
  return "clone";
};

/** What is at a path; undefined if nothing is. An error of the system about the path itself is reported to the user. */
const looked = (source: string): Stats | undefined => {
  try {
    return statSync(source, { throwIfNoEntry: false });
  } catch (error) {
    throw hostTrouble(error) ?? sourceUnusable(source, `cannot be looked at: ${codeOf(error) || String(error)}`);
  }
};

const fetchInto = async (settings: FetchSettings, wanted: Wanted, given: string | null, signal: AbortSignal): Promise<Origin> => {
  const { recipe, dir } = wanted;
  const { git, skipFetch, canonical, repositoryOf } = settings;
  if (skipFetch) return stageCopy(settings, wanted, join(canonical, "recipes", recipe), signal);
  const source = given ?? (await repositoryOf(recipe, signal));
  if (!isAbsolute(source)) return clone(settings, wanted, source, signal);
  const found = looked(source);
  if (found === undefined) throw unknownRecipe(recipe, source, new Error("there is nothing of that name"));
  // A bundle is a file, and git knows what to do with it.
  const cloneHere = (path: string): Promise<Origin> =>
    withExceptions(git, `${dir}.gitconfig`, signal, (allowed) => clone({ ...settings, git: allowed }, wanted, path, signal));
  if (isFile(source)) return cloneHere(source);
  if (!found.isDirectory()) throw sourceUnusable(source, "is neither a folder nor a file");
  const folder = realpathSync(source);
  if (isRepository(folder)) return cloneHere(folder);
  return stageFolder(git, folder, dir, signal);
};

/**
 * The recipe's repository in `dir`, checked out at the full commit that it returns, its tree judged.
 *
 * Replaces whatever was in `dir` before. Throws by the cause: `unknown-recipe`, `bad-ref`, `ambiguous-ref`, `source-unusable`,
 * `foreign-repository` (2), `recipe-file-refused` (1, or 2 for a folder that was given), `forge-unreachable`,
 * `auth-refused`, `no-space`, `git-killed` (69).
 */
export const fetchRecipe = async (
  settings: FetchSettings,
  { recipe, dir, source, ref }: Wanted & { readonly source: string | null; readonly ref: string | null },
  signal: AbortSignal,
): Promise<string> => {
  if (ref !== null) assertRef(ref);
  removeTree(dir);
  mkdirSync(join(dir, ".."), { recursive: true });
  const origin = await fetchInto(settings, { recipe, dir }, source, signal);
  const commit = await resolveRef({ git: settings.git, dir }, ref ?? "HEAD", origin, signal);
  const submodules = await checkOut(settings.git, dir, commit, signal);
  if (submodules.length > 0) settings.note(`the recipe's submodules are not fetched: ${submodules.join(", ")}`);
  await checkRecipeTree(dir, { exitCode: 1, signal });
  return commit;
};
