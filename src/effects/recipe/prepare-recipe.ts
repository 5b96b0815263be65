import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fromPromise } from "xstate";
import type { Engine } from "../docker/engine.js";
import { slipLine } from "../../machines/slip.js";
import { domainFor, stackFor } from "../../machines/names.js";
import type { RunPorts } from "../../machines/run/run.ports.js";
import type { Prepared } from "../../machines/run/run.types.js";
import { tiers as allTiers, type App, type RecipeSettings, type Tier } from "../../machines/vocabulary.js";
import { prepareDeps, type DepsSettings } from "../deps/prepare-deps.js";
import { learnFromOperator } from "../secrets/learn-secrets.js";
import { copyOperatorFolder } from "./copy-operator-folder.js";
import { makeAbraDir } from "./abra-dir.js";
import { assertRecipe } from "./assert-recipe.js";
import { copyOwnCode, type OwnCodeSettings } from "./copy-own-code.js";
import { fetchRecipe, type FetchSettings } from "./fetch-recipe.js";
import type { UpgradeFrom } from "./plan/make-plan.js";
import { planLines } from "./plan/plan-lines.js";
import { readPlan } from "./plan/read-plan.js";
import { assertNotDeadly, findSlips } from "./slips/read-slips.js";
import { readRecipeSettings } from "./recipe-settings.js";

export interface PrepareSettings extends FetchSettings {
  readonly abraDir: string;
  readonly server: string;
  /** The operator's folders with one sub-folder per recipe, the first that has it counts; they may change or vanish after prepare. */
  readonly recipesDirs: readonly string[];
  /** Where a recipe's sub-folder of it is copied to. */
  readonly operatorDirOf: (app: Pick<App, "recipe">) => string;
  readonly gitFor: DepsSettings["gitFor"];
  readonly ownCode: OwnCodeSettings;
  readonly tiers: readonly Tier[];
  readonly upgradeFrom: UpgradeFrom;
  /** Whether somebody named them; else those of recipe.yml count, where it has any. */
  readonly namesTiers: boolean;
  readonly engine: Engine;
  /** Rejects when abra, docker or the Swarm are not usable: before anything else is done. */
  readonly assertHost: (signal: AbortSignal) => Promise<void>;
  /** Called when the app is settled, before the state is left. */
  readonly onPrepared: (prepared: Prepared) => void;
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** The operator's folder for a recipe, as the run has it from now on. */
const copyOfOperator = async ({ recipesDirs, operatorDirOf }: PrepareSettings, recipe: string): Promise<string> => {
  const copy = operatorDirOf({ recipe });
  const operator = recipesDirs.map((folder) => join(folder, recipe)).find((folder) => existsSync(folder));
  if (operator !== undefined) await copyOperatorFolder(operator, copy);
  learnFromOperator(copy);
  return copy;
};

const depsSettings = (settings: PrepareSettings): DepsSettings => ({
  ...settings,
  operatorDirOf: (recipe) => copyOfOperator(settings, recipe),
  settingsOf: readRecipeSettings,
  judge: (recipe, signal) => assertRecipe(recipe, settings.engine, signal),
});

const tiersOf = ({ tiers, namesTiers }: PrepareSettings, { stages }: RecipeSettings): readonly Tier[] => (namesTiers || stages === null ? tiers : allTiers.filter((tier) => stages.includes(tier)));

/** All that a run needs, copied into its own folder: the workspace and HOME may be gone a moment later. */
export const prepareRecipe = (settings: PrepareSettings): RunPorts["prepareRecipe"] =>
  fromPromise(async ({ input: { recipe, source, ref, pr, zone }, signal }) => {
    await settings.assertHost(signal);
    const operatorDir = await copyOfOperator(settings, recipe);
    const recipeSettings = readRecipeSettings(operatorDir);
    makeAbraDir(settings.abraDir, settings.canonical, settings.server);
    const dir = join(settings.abraDir, "recipes", recipe);
    const commit = await fetchRecipe(settings, { recipe, source, ref, dir }, signal);
    await copyOwnCode(recipe, dir, settings.ownCode, signal);
    const domain = domainFor(recipe, sha256(`${recipe}|${pr}|${commit}`), zone);
    const app = { recipe, domain, stack: stackFor(domain), commit };
    const checked = await assertRecipe({ dir, operatorDir, app, settings: recipeSettings }, settings.engine, signal);
    const { upgradeFrom, git, note } = settings;
    const tiers = tiersOf(settings, recipeSettings);
    const deps = await prepareDeps(depsSettings(settings), { app, settings: recipeSettings, pr, zone }, signal);
    const { plan, target } = await readPlan({ git, dir, app, source, checked, settings: recipeSettings, tiers, upgradeFrom }, signal);
    const bases = plan.rounds.flatMap(({ deploys }) => (deploys.commit === commit ? [] : [deploys]));
    const slips = await findSlips({ git, dir, app, settings: recipeSettings, bases }, signal);
    const prepared: Prepared = { app, settings: recipeSettings, deps, plan, slips };
    settings.onPrepared(prepared);
    for (const line of planLines(plan, target)) note(line);
    for (const slip of slips) note(`slip: ${slipLine(slip)}`);
    assertNotDeadly(slips);
    return prepared;
  });
