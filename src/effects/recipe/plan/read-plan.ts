import { isAbsolute } from "node:path";
import type { Plan, Version } from "../../../machines/plan.js";
import type { App, RecipeSettings, Tier } from "../../../machines/vocabulary.js";
import type { CheckedApp } from "../../policy/judge-app.js";
import { isRepository } from "../git-folder.js";
import type { Git } from "../git.js";
import { makePlan, versionUnderTest, type PlanFacts, type UpgradeFrom } from "./make-plan.js";
import { namedVersion, versionsUpTo } from "./read-versions.js";

interface PlanInput {
  readonly git: Git;
  /** The run's own clone of the recipe. */
  readonly dir: string;
  readonly app: App;
  /** Where the recipe came from; null: its own repository. */
  readonly source: string | null;
  /** What its compose files amount to. */
  readonly checked: CheckedApp;
  readonly settings: RecipeSettings;
  readonly tiers: readonly Tier[];
  readonly upgradeFrom: UpgradeFrom;
}

interface PlanRead {
  readonly plan: Plan;
  /** The version with which every round ends. */
  readonly target: Version;
}

const factsOf = async ({ git, dir, app, source, checked, settings }: PlanInput, signal: AbortSignal): Promise<PlanFacts> => {
  const published = await versionsUpTo({ git, dir }, app.commit, signal);
  return {
    commit: app.commit,
    label: checked.label?.value ?? null,
    isFolder: source !== null && isAbsolute(source) && !isRepository(source),
    published,
    named: settings.upgradeBase === null ? null : await namedVersion({ git, dir }, settings.upgradeBase, signal),
    isBackedUp: checked.isBackedUp,
  };
};

/** The plan of a run, from the recipe's tags, files and settings. Changes nothing. Throws `upgrade-base-unknown` (2). */
export const readPlan = async (input: PlanInput, signal: AbortSignal): Promise<PlanRead> => {
  const facts = await factsOf(input, signal);
  const { tiers, upgradeFrom, settings } = input;
  return {
    plan: makePlan(facts, {
      tiers,
      upgradeFrom,
      notApplicable: settings.notApplicable,
      backup: settings.backup,
      freshRestore: settings.freshRestore,
    }),
    target: versionUnderTest(facts),
  };
};
