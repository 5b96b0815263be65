import { join } from "node:path";
import { fromPromise } from "xstate";
import type { Engine } from "../docker/engine.js";
import { slipLine } from "../../machines/slip.js";
import { assertFits } from "../../machines/least-time.js";
import { domainFor, stackFor } from "../../machines/names.js";
import type { RunPorts } from "../../machines/run/run.ports.js";
import type { Version } from "../../machines/plan.js";
import type { CheckedApp } from "../policy/judge-app.js";
import type { Prepared } from "../../machines/run/run.types.js";
import { tiers as allTiers, type App, type RecipeSettings, type Tier } from "../../machines/vocabulary.js";
import { sha256 } from "../sha256.js";
import { oneLine } from "../report/printable.js";
import { recipeDirOf } from "../abra/lay-out.js";
import { prepareDeps, type DepsSettings } from "../deps/prepare-deps.js";
import { learnFromOperator } from "../secrets/learn-secrets.js";
import { copyOperatorFolder } from "./copy-operator-folder.js";
import { operatorFolderOf } from "./operator-folder.js";
import { makeAbraDir } from "./abra-dir.js";
import { assertRecipe } from "./assert-recipe.js";
import { copyOwnCode, type OwnCodeSettings } from "./copy-own-code.js";
import { fetchRecipe, type FetchSettings } from "./fetch-recipe.js";
import { assertGit } from "./git-version.js";
import { assertBases } from "./plan/assert-bases.js";
import type { UpgradeFrom } from "./plan/make-plan.js";
import { budgetLine } from "./plan/budget-line.js";
import { planLines } from "./plan/plan-lines.js";
import { readPlan } from "./plan/read-plan.js";
import { assertAnyTier } from "./plan/assert-any-tier.js";
import { assertNotDeadly, findSlips } from "./slips/read-slips.js";
import type { ReadRecipe } from "./slips/recipe-at.js";
import { manifestLines, manifestOf, type Manifest } from "./manifest.js";
import { folderRemarks } from "./remarks/folder-remarks.js";
import { settingsRemarks } from "./remarks/settings-remarks.js";
import { defaultSettings, readRecipeSettings, readSettings, withVariant } from "./recipe-settings.js";

export interface PrepareSettings extends FetchSettings {
  readonly readRecipe: ReadRecipe;
  readonly abraDir: string;
  readonly server: string;
  /**
   * The operator's folders, each with one sub-folder per recipe. For a recipe, the first folder that has it counts.
   * They may change or vanish after prepare.
   */
  readonly recipesDirs: readonly string[];
  /** The folder to which a recipe's sub-folder is copied. */
  readonly operatorDirOf: (app: Pick<App, "recipe">) => string;
  readonly gitFor: DepsSettings["gitFor"];
  readonly ownCode: OwnCodeSettings;
  /** One of the recipe's variants; null: none. */
  readonly variant: string | null;
  readonly tiers: readonly Tier[];
  readonly upgradeFrom: UpgradeFrom;
  /** Whether somebody named the tiers; if not, those of recipe.yml count, if it has any. */
  readonly namesTiers: boolean;
  readonly engine: Engine;
  /** Called first; rejects if abra, docker or the Swarm is not usable. */
  readonly assertHost: (signal: AbortSignal) => Promise<void>;
  /** Time until the deadline. ms */
  readonly leftMs: () => number;
  /** Called when the app is known, before the state is left. */
  readonly onPrepared: (prepared: Prepared, manifest: Manifest) => void;
}

/** Copies the operator's folder for a recipe; from now on the run uses the copy. */
const copyOfOperator = async ({ recipesDirs, operatorDirOf }: PrepareSettings, recipe: string): Promise<string> => {
  const copy = operatorDirOf({ recipe });
  const operator = operatorFolderOf(recipesDirs, recipe);
  if (operator !== null) await copyOperatorFolder(operator, copy);
  learnFromOperator(copy);
  return copy;
};

const operatorsSettings = ({ recipesDirs }: PrepareSettings, copy: string, recipe: string): RecipeSettings =>
  readRecipeSettings(copy, operatorFolderOf(recipesDirs, recipe) ?? copy);

const depsSettings = (settings: PrepareSettings): DepsSettings => ({
  ...settings,
  operatorDirOf: (recipe) => copyOfOperator(settings, recipe),
  settingsOf: (operatorDir, recipe) => operatorsSettings(settings, operatorDir, recipe),
  judge: (recipe, signal) => assertRecipe(recipe, settings.engine, signal),
});

const tiersOf = ({ tiers, namesTiers }: PrepareSettings, { stages }: RecipeSettings): readonly Tier[] =>
  namesTiers || stages === null ? tiers : allTiers.filter((tier) => stages.includes(tier));

export interface PrepareInput {
  readonly recipe: string;
  readonly source: string | null;
  readonly ref: string | null;
  readonly pr: number;
  readonly zone: string;
}

/** What was prepared, and what others than the chart need to know of it. */
export interface PreparedRecipe {
  readonly prepared: Prepared;
  readonly checked: CheckedApp;
  /** The version with which every round of the plan ends. */
  readonly target: Version;
  readonly manifest: Manifest;
  /** What will probably make the run red but does not end it at once, for people. */
  readonly remarks: readonly string[];
}

/** The app of a run. A variant is an app of its own, so that all of a recipe's may run side by side. */
const appOf = ({ recipe, pr, zone }: PrepareInput, commit: string, variant: string | null): App => {
  const domain = domainFor(recipe, sha256([recipe, pr, commit, ...(variant === null ? [] : [variant])].join("|")), zone);
  return { recipe, domain, stack: stackFor(domain), commit };
};

/** The versions that are deployed in order to be upgraded. */
const basesOf = ({ app, plan }: Pick<Prepared, "app" | "plan">): readonly Version[] =>
  plan.rounds.flatMap(({ deploys }) => (deploys.commit === app.commit ? [] : [deploys]));

/** Copies everything that the run needs into its own folder, and plans the run. Touches nothing outside that folder. */
export const prepare = async (settings: PrepareSettings, input: PrepareInput, signal: AbortSignal): Promise<PreparedRecipe> => {
  const { recipe, source, ref, zone } = input;
  const { variant, upgradeFrom, git, readRecipe, ownCode } = settings;
  const [operatorDir] = await Promise.all([copyOfOperator(settings, recipe), assertGit(git, signal)]);
  // Errors in it are reported before anything is fetched.
  operatorsSettings(settings, operatorDir, recipe);
  makeAbraDir(settings.abraDir, settings.canonical, settings.server);
  const dir = join(settings.abraDir, "recipes", recipe);
  const commit = await fetchRecipe(settings, { recipe, source, ref, dir }, signal);
  await copyOwnCode(recipe, dir, ownCode, signal);
  const found = readSettings(operatorDir, ownCode.isAllowed ? ownCode.ownCodeDir : null);
  const recipeSettings = withVariant(found.settings, variant);
  const app = appOf(input, commit, variant);
  const checked = await assertRecipe({ dir, operatorDir, app, settings: recipeSettings }, settings.engine, signal);
  const tiers = tiersOf(settings, recipeSettings);
  const deps = await prepareDeps(depsSettings(settings), { app, settings: recipeSettings, zone }, signal);
  const { plan, target } = await readPlan({ git, dir, app, source, checked, settings: recipeSettings, tiers, upgradeFrom }, signal);
  const slips = await findSlips({ git, readRecipe, dir, app, settings: recipeSettings, bases: basesOf({ app, plan }) }, signal);
  const folders = { operatorDir, recipeDir: ownCode.isAllowed ? ownCode.ownCodeDir : null };
  const manifest = manifestOf({ app, settings: recipeSettings, settingsFrom: found.from, variant, folders });
  const remarks = [...folderRemarks(operatorDir), ...settingsRemarks({ app, settings: recipeSettings, checked, plan, folders })];
  return { prepared: { app, settings: recipeSettings, deps, plan, slips }, checked, target, manifest, remarks };
};

/** Throws what a run ends with at once, by what the recipe's own files and the plan are: before the lock, and nothing was deployed. */
export const assertRunnable = async (
  { readRecipe, abraDir, leftMs }: Pick<PrepareSettings, "readRecipe" | "abraDir" | "leftMs">,
  prepared: Prepared,
  signal: AbortSignal,
): Promise<void> => {
  assertFits(prepared, leftMs());
  await assertBases({ readRecipe, dir: recipeDirOf(abraDir, prepared.app), app: prepared.app, bases: basesOf(prepared) }, signal);
  assertNotDeadly(prepared.slips);
  assertAnyTier(prepared.plan);
};

/** Copies everything that a run needs into its own folder, because the workspace and HOME may vanish a moment later. */
export const prepareRecipe = (settings: PrepareSettings): RunPorts["prepareRecipe"] =>
  fromPromise(async ({ input, signal }) => {
    await settings.assertHost(signal);
    const { prepared, target, manifest, remarks } = await prepare(settings, input, signal);
    settings.onPrepared(prepared, manifest);
    for (const line of [
      ...manifestLines(manifest, defaultSettings()),
      ...planLines(prepared.plan, target),
      budgetLine(prepared, settings.leftMs()),
      ...prepared.slips.map((slip) => `slip: ${oneLine(slipLine(slip))}`),
      ...remarks.map((remark) => `remark: ${oneLine(remark)}`),
    ])
      settings.note(line);
    await assertRunnable(settings, prepared, signal);
    return prepared;
  });
