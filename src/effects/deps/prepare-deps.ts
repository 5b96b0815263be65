import { join } from "node:path";
import type { PreparedApp } from "../../machines/deps/deps.types.js";
import { depsMax, orderDeps } from "../../machines/deps/order-deps.js";
import { RunError } from "../../machines/errors.js";
import { domainFor, stackFor } from "../../machines/names.js";
import type { Version } from "../../machines/plan.js";
import type { Dep } from "../../machines/recipe-settings.js";
import type { App, Domain, RecipeSettings } from "../../machines/vocabulary.js";
import { sha256 } from "../sha256.js";
import { layOut } from "../abra/lay-out.js";
import type { RecipeToAssert } from "../recipe/assert-recipe.js";
import { fetchRecipe, type FetchSettings } from "../recipe/fetch-recipe.js";
import type { Git } from "../recipe/git.js";
import { allVersions } from "../recipe/plan/read-versions.js";
import type { Repository } from "../recipe/refs-named.js";
import { AddressRefused, parseSource, type Credentials, type SourceAddress } from "../recipe/source-address.js";
import { rememberSecret } from "../redact.js";

export interface DepsSettings extends Omit<FetchSettings, "git"> {
  readonly abraDir: string;
  /** Checks a dep's files like those of any recipe: `assertRecipe`. */
  readonly judge: (recipe: RecipeToAssert, signal: AbortSignal) => Promise<unknown>;
  /** git with the credentials that a dep's own source may need. */
  readonly gitFor: (credentials: Credentials | null) => Git;
  /** Makes the run's copy of the operator's folder for a dep. */
  readonly operatorDirOf: (recipe: string) => Promise<string>;
  readonly settingsOf: (operatorDir: string, recipe: string) => RecipeSettings;
}

export interface Needing {
  readonly app: App;
  readonly settings: RecipeSettings;
  readonly zone: string;
}

/** A dep's app belongs to one app under test, be it a variant: nobody else deploys it, and the next run of that app finds what it left. */
const depDomain = ({ app, zone }: Needing, recipe: string, taken: ReadonlySet<Domain>): Domain => {
  for (let attempt = 1; ; attempt += 1) {
    const domain = domainFor(recipe, sha256([recipe, app.domain, ...(attempt === 1 ? [] : [attempt])].join("|")), zone);
    if (!taken.has(domain)) return domain;
  }
};

/** A dep and what the operator's folder says about it. */
interface Needed {
  readonly dep: Dep;
  readonly settings: RecipeSettings;
  readonly operatorDir: string;
}

/** The deps in the order of deployment, read from the operator's folders alone, so that a cycle is found before anything is fetched. */
const readNeeded = async (settings: DepsSettings, { app, settings: own }: Needing): Promise<readonly Needed[]> => {
  const read = new Map<string, Omit<Needed, "dep">>();
  const queue = [...own.deps];
  // Reads one more than is allowed, which shows that there are too many.
  for (let dep = queue.shift(); dep !== undefined && read.size <= depsMax; dep = queue.shift()) {
    if (dep.recipe === app.recipe || read.has(dep.recipe)) continue;
    const operatorDir = await settings.operatorDirOf(dep.recipe);
    const found = settings.settingsOf(operatorDir, dep.recipe);
    read.set(dep.recipe, { settings: found, operatorDir });
    queue.push(...found.deps);
  }
  const ordered = orderDeps(app.recipe, (recipe) => (recipe === app.recipe ? own.deps : (read.get(recipe)?.settings.deps ?? [])));
  return ordered.flatMap((dep) => {
    const found = read.get(dep.recipe);
    return found === undefined ? [] : [{ dep, ...found }];
  });
};

/** The newest version if recipe.yml names no ref. If the recipe has published none, its tree as fetched. */
const versionOf = async ({ git, dir }: Repository, { ref }: Dep, commit: string, signal: AbortSignal): Promise<Version> => {
  const versions = await allVersions({ git, dir }, signal);
  const newest = versions[0];
  if (ref === null && newest !== undefined) return newest;
  return { tag: versions.find((version) => version.commit === commit)?.tag ?? null, commit };
};

const sourceOf = ({ recipe, source }: Dep): SourceAddress | null => {
  if (source === null) return null;
  try {
    return parseSource(source);
  } catch (error) {
    if (!(error instanceof AddressRefused)) throw error;
    throw new RunError("source-refused", `the address of the dep ${recipe} ${error.message}`, {
      hint: "Correct src of this dep in recipe.yml.",
      cause: error,
    });
  }
};

const prepareDep = async (
  settings: DepsSettings,
  { dep, settings: recipeSettings, operatorDir }: Needed,
  domain: Domain,
  signal: AbortSignal,
): Promise<PreparedApp> => {
  const { recipe, ref } = dep;
  const given = sourceOf(dep);
  for (const secret of given?.secrets ?? []) rememberSecret(secret);
  const git = settings.gitFor(given?.credentials ?? null);
  const dir = join(settings.abraDir, "recipes", recipe);
  const fetched = await fetchRecipe({ ...settings, git }, { recipe, source: given?.source ?? null, ref, dir }, signal);
  const version = await versionOf({ git, dir }, dep, fetched, signal);
  const app = { recipe, domain, stack: stackFor(domain), commit: version.commit };
  // `fetchRecipe` has checked the tree that it left; another version is checked here.
  await layOut({ git, abraDir: settings.abraDir }, { ...app, commit: fetched }, version.commit, signal);
  await settings.judge({ dir, operatorDir, app, settings: recipeSettings }, signal);
  return { app, settings: recipeSettings, version };
};

/**
 * Prepares every recipe that must run before the app, in the run's own ABRA_DIR and under a domain of its own, in the order
 * of deployment. Touches nothing outside the run's folder.
 *
 * Throws what `orderDeps` and `fetchRecipe` throw, and what `judge` throws for a dep's files.
 */
export const prepareDeps = async (settings: DepsSettings, needing: Needing, signal: AbortSignal): Promise<readonly PreparedApp[]> => {
  const taken = new Set([needing.app.domain]);
  const prepared: PreparedApp[] = [];
  for (const needed of await readNeeded(settings, needing)) {
    const domain = depDomain(needing, needed.dep.recipe, taken);
    taken.add(domain);
    prepared.push(await prepareDep(settings, needed, domain, signal));
  }
  return prepared;
};
