import { isAbsolute, join, resolve } from "node:path";
import { existsSync } from "node:fs";
import { parseDuration } from "../../machines/duration.js";
import { RunError } from "../../machines/errors.js";
import { holds, type Hold } from "../../machines/run/run.types.js";
import { tiers, type Tier } from "../../machines/vocabulary.js";
import type { UpgradeFrom } from "../../effects/recipe/plan/make-plan.js";
import { AddressRefused, parseSource, type Credentials } from "../../effects/recipe/source-address.js";
import { rememberSecret } from "../../effects/redact.js";
import { findExecutable } from "../../effects/children/find-executable.js";
import { didYouMean } from "../../effects/did-you-mean.js";
import { options, variables, type Flags } from "../options.js";
import { buildLink, buildNumber, given, type Env } from "./ci.js";
import { countOf, setting, variable, type Given } from "./given.js";
import { badSetting } from "./bad-setting.js";
import { recipeInFolder } from "./folder-recipe.js";
import { hostSettings, type HostSettings } from "./host.js";
import { readSettingsFile } from "./settings-file.js";

export interface RunSettings extends HostSettings {
  readonly recipe: string;
  /** null: the recipe's own repository. A path is absolute. */
  readonly source: string | null;
  /** Taken out of the source's address: for git alone. */
  readonly credentials: Credentials | null;
  readonly ref: string | null;
  readonly pr: number;
  readonly tiers: readonly Tier[];
  /** Whether somebody named them: recipe.yml is then not asked. */
  readonly namesTiers: boolean;
  /** One of the recipe's variants; null: as its settings are. */
  readonly variant: string | null;
  /** Whether tests and hooks of the recipe's own repository may run, and which file says so. */
  readonly ownCode: { readonly isAllowed: boolean; readonly file: string };
  readonly upgradeFrom: UpgradeFrom;
  /** As asked for; the run's folder may get a suffix. */
  readonly runId: string;
  readonly link: string | null;
  readonly deadlineMs: number;
  readonly lockTimeoutMs: number;
  /** When the app is kept for a look before it is torn down. */
  readonly hold: Hold;
  /** How long a log may stay without a line: a reader that is gone is noticed only by writing to it. */
  readonly heartbeatMs: number;
  readonly skipFetch: boolean;
  readonly inspect: boolean;
  /** The run's clone of the recipe stays after its end. */
  readonly keep: boolean;
  /** The browser for a picture of the app; null: none is taken. */
  readonly chromium: string | null;
  readonly json: boolean;
  /** After its end the run prunes to so many; null: nobody asked for that. */
  readonly keepRuns: number | null;
  /** Said once at the start: what was asked for and will not be done. */
  readonly notices: readonly string[];
}

const durationOf = (asked: Given | null, fallback: string): number => {
  const ms = parseDuration(asked?.value ?? fallback);
  if (ms === null) throw badSetting(asked?.name ?? "", asked?.value ?? "", "is not a duration like 90s, 50m or 1h (at most 24 days)");
  return ms;
};

const prOf = (asked: Given | null): number => {
  if (asked === null) return 0;
  if (!/^\d{1,9}$/.test(asked.value)) throw badSetting(asked.name, asked.value, "is not a pull request number");
  return Number(asked.value);
};

const tierOf = (name: string, word: string): Tier => {
  const tier = tiers.find((known) => known === word);
  if (tier === undefined) {
    throw badSetting(name, word, "is not a stage", didYouMean(word, tiers));
  }
  return tier;
};

/** In the order of the tiers, whatever the order of the words; each once. `unasked`: where nobody named any. */
const tiersOf = (asked: Given | null, unasked: readonly Tier[]): readonly Tier[] => {
  if (asked === null) return unasked;
  const words = asked.value.split(",").map((word) => word.trim()).filter((word) => word !== "");
  const wanted = new Set(words.map((word) => tierOf(asked.name, word)));
  if (wanted.size === 0) throw badSetting(asked.name, asked.value, "names no stage");
  return tiers.filter((tier) => wanted.has(tier));
};

const upgradeFromOf = (asked: Given | null): UpgradeFrom => {
  if (asked === null || asked.value === "all") return asked === null ? null : "all";
  const count = /^\d{1,3}$/.test(asked.value) ? Number(asked.value) : 0;
  if (count === 0) throw badSetting(asked.name, asked.value, "is neither all nor a number of versions", "A number from 1 on, or all.");
  return count;
};

const recipeOf = (operand: string | undefined, env: Env, cwd: string): string => {
  const recipe = operand === "." ? recipeInFolder(cwd) : operand !== undefined && operand !== "" ? operand : given(env, "RECIPE");
  if (recipe === null) {
    throw new RunError("no-recipe", "no recipe given", { hint: "e.g. recipe-ci run notes --sandbox; or set RECIPE." });
  }
  if (!/^[a-z0-9][a-z0-9._-]{0,62}$/.test(recipe)) throw badSetting("RECIPE", recipe, "is not a valid recipe name");
  return recipe;
};

const runIdOf = (asked: Given | null, env: Env): string => {
  const runId = asked?.value ?? buildNumber(env) ?? `manual-${process.pid}`;
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(runId) || /^[-.]/.test(runId) || runId === "apps") {
    throw badSetting(asked?.name ?? "run id", runId, "may have only A-Z a-z 0-9 . _ - and at most 64 of them, and begins with a letter, a digit or _");
  }
  return runId;
};

/** The workspace may vanish, so a path is settled now; an address stays as it is, without its credentials. */
const sourceOf = (asked: Given | null, cwd: string): { readonly source: string | null; readonly credentials: Credentials | null } => {
  if (asked === null) return { source: null, credentials: null };
  try {
    const { source, credentials, secrets } = parseSource(asked.value);
    for (const secret of secrets) rememberSecret(secret);
    const isAddress = /^[a-z][a-z0-9+.-]*:\/\//i.test(source) || isAbsolute(source);
    if (isAddress) return { source, credentials };
    return { source: existsSync(resolve(cwd, source)) || !/^[^/]+:/.test(source) ? resolve(cwd, source) : source, credentials };
  } catch (error) {
    if (!(error instanceof AddressRefused)) throw error;
    throw new RunError("bad-setting", `${asked.name} ${error.message}`, { hint: "See: recipe-ci run --help" });
  }
};

/** In the sandbox a browser would take longer than all the rest: it is asked for by name. */
const chromiumOf = ({ sandbox }: HostSettings, env: Env): string | null => {
  const asked = variable(env, "chromium");
  if (asked === "off") return null;
  return asked ?? (sandbox === null ? findExecutable("chromium", env["PATH"] ?? "") : null);
};

/** A CI has nobody who could look, and its steps have a limit. */
const holdOf = (asked: Given | null, env: Env): Hold => {
  if (asked === null) return "never";
  const hold = holds.find((known) => known === asked.value);
  if (hold === undefined) throw badSetting(asked.name, asked.value, "does not say when to hold", "always or failure.");
  if (hold !== "never" && given(env, "CI", "DRONE") !== null) throw badSetting(asked.name, asked.value, "is not possible in a CI", "Run it at a terminal.");
  return hold;
};

/** Only the environment: a run has no such flag. */
const keepRunsOf = (env: Env): number | null => {
  const asked = setting({}, env, "keepNewest");
  return asked === null ? null : countOf(asked);
};

/** Whether any operator has a folder for the recipe. Without one nobody has written a test for it, or left one out by mistake. */
const isConfigured = ({ recipesDirs }: HostSettings, recipe: string): boolean => recipesDirs.some((folder) => existsSync(join(folder, recipe)));

/** All that a run wants to know, checked before anything is touched. Throws a RunError with exit code 2. */
export const runSettings = (operand: string | undefined, flags: Flags, env: Env, cwd: string): RunSettings => {
  const host = hostSettings(flags, env);
  const recipe = recipeOf(operand, env, cwd);
  const source = setting(flags, env, "src") ?? (operand === "." ? { name: "RECIPE", value: cwd } : null);
  const heartbeat = variable(env, "heartbeat");
  const quick = variable(env, "quick") !== null;
  const stages = setting(flags, env, "stages");
  const { file, allowRepoTests } = readSettingsFile(host.settingsFile.file, host.settingsFile.isNamed);
  const ownCode = { isAllowed: allowRepoTests.includes(recipe), file };
  const withoutCustom = stages === null && !isConfigured(host, recipe) && !ownCode.isAllowed;
  return {
    ...host,
    recipe,
    ...sourceOf(source, cwd),
    ref: setting(flags, env, "ref")?.value ?? null,
    pr: prOf(setting(flags, env, "pr")),
    tiers: tiersOf(stages, withoutCustom ? tiers.filter((tier) => tier !== "custom") : tiers),
    namesTiers: stages !== null,
    variant: setting(flags, env, "variant")?.value ?? null,
    ownCode,
    upgradeFrom: upgradeFromOf(setting(flags, env, "upgradeFrom")),
    runId: runIdOf(setting(flags, env, "runId"), env),
    link: buildLink(env),
    deadlineMs: durationOf(setting(flags, env, "deadline"), options.deadline.otherwise),
    lockTimeoutMs: durationOf(setting(flags, env, "lockTimeout"), options.lockTimeout.otherwise),
    hold: holdOf(setting(flags, env, "hold"), env),
    heartbeatMs: durationOf(heartbeat === null ? null : { name: variables.heartbeat.env[0], value: heartbeat }, variables.heartbeat.otherwise),
    skipFetch: variable(env, "skipFetch") !== null,
    inspect: flags.inspect === true,
    keep: flags.keep === true,
    chromium: chromiumOf(host, env),
    json: flags.json === true,
    keepRuns: keepRunsOf(env),
    notices: [
      ...(quick ? ["CCCI_QUICK is set, but there is no quick lane yet: this run is cold"] : []),
      ...(withoutCustom ? [`no operator has a folder for ${recipe} (looked in ${host.recipesDirs.join(", ")}): the custom tier is left out, the install tier decides`] : []),
    ],
  };
};
