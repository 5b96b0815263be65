import { existsSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { didYouMean } from "../../effects/did-you-mean.js";
import type { UpgradeFrom } from "../../effects/recipe/plan/make-plan.js";
import { AddressRefused, parseSource, type Credentials } from "../../effects/recipe/source-address.js";
import { rememberSecret } from "../../effects/redact.js";
import { parseDuration } from "../../machines/duration.js";
import { RunError } from "../../machines/errors.js";
import { recipeNameForm } from "../../machines/names.js";
import { holds, type Hold } from "../../machines/run/run.types.js";
import { tiers, type Tier } from "../../machines/vocabulary.js";
import { badSetting } from "./bad-setting.js";
import { buildNumber, given, type Env } from "./ci.js";
import { recipeInFolder } from "./folder-recipe.js";
import type { Given } from "./given.js";

export const durationOf = (asked: Given | null, fallback: string): number => {
  const ms = parseDuration(asked?.value ?? fallback);
  if (ms === null) throw badSetting(asked?.name ?? "", asked?.value ?? "", "is not a duration like 90s, 50m or 1h (at most 24 days)");
  return ms;
};

export const prOf = (asked: Given | null): number => {
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

/** The named tiers, each once, in the order in which they run. `unasked`: what to use if nobody named any. */
export const tiersOf = (asked: Given | null, unasked: readonly Tier[]): readonly Tier[] => {
  if (asked === null) return unasked;
  const words = asked.value
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
  const wanted = new Set(words.map((word) => tierOf(asked.name, word)));
  if (wanted.size === 0) throw badSetting(asked.name, asked.value, "names no stage");
  return tiers.filter((tier) => wanted.has(tier));
};

export const upgradeFromOf = (asked: Given | null): UpgradeFrom => {
  if (asked === null || asked.value === "all") return asked === null ? null : "all";
  const count = /^\d{1,3}$/.test(asked.value) ? Number(asked.value) : 0;
  if (count === 0) throw badSetting(asked.name, asked.value, "is neither all nor a number of versions", "A number from 1 on, or all.");
  return count;
};

export const recipeOf = (operand: string | undefined, env: Env, cwd: string): string => {
  const recipe = operand === "." ? recipeInFolder(cwd) : operand !== undefined && operand !== "" ? operand : given(env, "RECIPE");
  if (recipe === null) {
    throw new RunError("no-recipe", "no recipe given", { hint: "e.g. recipe-ci run notes --sandbox; or set RECIPE." });
  }
  if (!recipeNameForm.test(recipe)) {
    throw badSetting(
      "RECIPE",
      recipe,
      "is not a valid recipe name",
      recipe.includes("/")
        ? "A folder or address goes after --src, beside the recipe's name; or go into the folder, and call it `.`"
        : undefined,
    );
  }
  return recipe;
};

export const runIdOf = (asked: Given | null, env: Env): string => {
  const runId = asked?.value ?? buildNumber(env) ?? `manual-${process.pid}`;
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(runId) || /^[-.]/.test(runId) || runId === "apps") {
    throw badSetting(
      asked?.name ?? "run id",
      runId,
      "may have only A-Z a-z 0-9 . _ - and at most 64 of them, and begins with a letter, a digit or _",
    );
  }
  return runId;
};

/** A path is resolved now, because the workspace may vanish. An address stays as it is, without its credentials. */
export const sourceOf = (
  asked: Given | null,
  cwd: string,
): { readonly source: string | null; readonly credentials: Credentials | null } => {
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

/** Whether to hold the app. Refused in CI: nobody can look there, and its steps have a time limit. */
export const holdOf = (asked: Given | null, env: Env): Hold => {
  if (asked === null) return "never";
  const hold = holds.find((known) => known === asked.value);
  if (hold === undefined) throw badSetting(asked.name, asked.value, "does not say when to hold", "always or failure.");
  if (hold !== "never" && given(env, "CI", "DRONE") !== null)
    throw badSetting(asked.name, asked.value, "is not possible in a CI", "Run it at a terminal.");
  return hold;
};
