import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Hold } from "../../machines/run/run.types.js";
import { tiers, type Tier } from "../../machines/vocabulary.js";
import { operatorFolderOf } from "../../effects/recipe/operator-folder.js";
import type { UpgradeFrom } from "../../effects/recipe/plan/make-plan.js";
import { bestEffort } from "../../effects/record/best-effort.js";
import type { Credentials } from "../../effects/recipe/source-address.js";
import { findExecutable } from "../../effects/children/find-executable.js";
import { options, variables, type Flags } from "../options.js";
import { buildLink, type Env } from "./ci.js";
import { badSetting } from "./bad-setting.js";
import { countOf, setting, variable } from "./given.js";
import { hostSettings, type HostSettings } from "./host.js";
import { durationOf, holdOf, prOf, recipeOf, runIdOf, sourceOf, tiersOf, upgradeFromOf } from "./run-values.js";
import { readSettingsFile } from "./settings-file.js";

/** Given instead of a variant's name: a run for each variant. No variant may have this name. */
export const everyVariant = "all";

export interface RunSettings extends HostSettings {
  readonly recipe: string;
  /** null: the recipe's own repository. A path is absolute. */
  readonly source: string | null;
  /** Taken out of the source's address and given to git alone. */
  readonly credentials: Credentials | null;
  readonly ref: string | null;
  readonly pr: number;
  readonly tiers: readonly Tier[];
  /** Whether somebody named the tiers: if so, recipe.yml does not decide. */
  readonly namesTiers: boolean;
  /** One of the recipe's variants, or `everyVariant`; null: no variant. */
  readonly variant: string | null;
  /** Whether tests and hooks of the recipe's own repository may run, and which file says so. */
  readonly ownCode: { readonly isAllowed: boolean; readonly file: string };
  readonly upgradeFrom: UpgradeFrom;
  /** As requested; the run's folder may get a suffix. */
  readonly runId: string;
  readonly link: string | null;
  readonly deadlineMs: number;
  readonly lockTimeoutMs: number;
  /** Whether the app is kept for inspection before it is torn down. */
  readonly hold: Hold;
  /** How long a log may stay without a line: only writing to it shows that its reader is gone. ms */
  readonly heartbeatMs: number;
  readonly skipFetch: boolean;
  readonly inspect: boolean;
  /** Whether the run's clone of the recipe is kept after its end. */
  readonly keep: boolean;
  /** The browser for a screenshot of the app; null: none is taken. */
  readonly chromium: string | null;
  readonly json: boolean;
  /** How many runs are kept: after its end the run prunes the others. null: it does not prune. */
  readonly keepRuns: number | null;
  /** Printed once at the start: what was asked for and will not be done. */
  readonly notices: readonly string[];
}

/** In the sandbox a browser would take longer than the rest of the run, so it is used only if it was named. */
const chromiumOf = ({ sandbox }: HostSettings, env: Env): string | null => {
  const asked = variable(env, "chromium");
  if (asked === "off") return null;
  return asked ?? (sandbox === null ? findExecutable("chromium", env["PATH"] ?? "") : null);
};

/** Comes only from the environment: a run has no such flag. */
const keepRunsOf = (env: Env): number | null => {
  const asked = setting({}, env, "keepNewest");
  return asked === null ? null : countOf(asked);
};

/** The names in a folder; none if it does not exist. If it cannot be read, the run ends when it is copied. */
const namesIn = (folder: string): readonly string[] => bestEffort(() => readdirSync(folder)) ?? [];

/**
 * Why nobody can have wanted a custom test to run, or null. A folder for the recipe that only says what it may ask of
 * the host says nothing about tests. A folder in `tests` without a stage's name may be a slip; tests/custom is meant to
 * be used, even if empty.
 */
const whyNoCustom = ({ recipesDirs }: HostSettings, recipe: string): string | null => {
  const folder = operatorFolderOf(recipesDirs, recipe);
  if (folder === null) return `no operator has a folder for ${recipe} (looked in ${recipesDirs.join(", ")})`;
  const isElsewhere = (name: string): boolean => name !== "custom" && tiers.some((tier) => tier === name);
  return namesIn(join(folder, "tests")).every(isElsewhere) ? `${folder} has no tests/custom` : null;
};

/**
 * With a slip in that path no recipe's tests would ever run, and every run would be green without them. `recipe init` creates the folder.
 */
export const assertOperators = ({ recipesDirs: [first] }: HostSettings, env: Env): void => {
  if (variable(env, "recipesDir") === null || first === undefined || existsSync(first)) return;
  throw badSetting(
    "CCCI_RECIPES_DIR",
    first,
    "is not there",
    "Correct the path, or take CCCI_RECIPES_DIR out of the environment where no recipe has tests or settings of the operator's.",
  );
};

/** All settings of a run, checked before anything is touched. Throws a RunError with exit code 2. */
export const runSettings = (operand: string | undefined, flags: Flags, env: Env, cwd: string): RunSettings => {
  const host = hostSettings(flags, env);
  const recipe = recipeOf(operand, env, cwd);
  const source = setting(flags, env, "src") ?? (operand === "." ? { name: "RECIPE", value: cwd } : null);
  const heartbeat = variable(env, "heartbeat");
  const quick = variable(env, "quick") !== null;
  const stages = setting(flags, env, "stages");
  const { file, allowRepoTests } = readSettingsFile(host.settingsFile.file, host.settingsFile.isNamed);
  const ownCode = { isAllowed: allowRepoTests.includes(recipe), file };
  const noCustom = stages === null && !ownCode.isAllowed ? whyNoCustom(host, recipe) : null;
  return {
    ...host,
    recipe,
    ...sourceOf(source, cwd),
    ref: setting(flags, env, "ref")?.value ?? null,
    pr: prOf(setting(flags, env, "pr")),
    tiers: tiersOf(stages, noCustom !== null ? tiers.filter((tier) => tier !== "custom") : tiers),
    namesTiers: stages !== null,
    variant: setting(flags, env, "variant")?.value ?? null,
    ownCode,
    upgradeFrom: upgradeFromOf(setting(flags, env, "upgradeFrom")),
    runId: runIdOf(setting(flags, env, "runId"), env),
    link: buildLink(env),
    deadlineMs: durationOf(setting(flags, env, "deadline"), options.deadline.otherwise),
    lockTimeoutMs: durationOf(setting(flags, env, "lockTimeout"), options.lockTimeout.otherwise),
    hold: holdOf(setting(flags, env, "hold"), env),
    heartbeatMs: durationOf(
      heartbeat === null ? null : { name: variables.heartbeat.env[0], value: heartbeat },
      variables.heartbeat.otherwise,
    ),
    skipFetch: variable(env, "skipFetch") !== null,
    inspect: flags.inspect === true,
    keep: flags.keep === true,
    chromium: chromiumOf(host, env),
    json: flags.json === true,
    keepRuns: keepRunsOf(env),
    notices: [
      ...(quick ? ["CCCI_QUICK is set, but there is no quick lane yet: this run is cold"] : []),
      ...(noCustom !== null ? [`${noCustom}: the custom tier is left out, the others decide`] : []),
    ],
  };
};
