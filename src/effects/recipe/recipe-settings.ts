import { existsSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { isMap, isScalar, visit } from "yaml";
import { RunError } from "../../machines/errors.js";
import type { Health, RecipeSettings, StatusRange } from "../../machines/recipe-settings.js";
import { tiers, type Tier } from "../../machines/vocabulary.js";
import { didYouMean } from "../did-you-mean.js";
import { readRecipeFile } from "./gate.js";
import type { SettingsFrom } from "./manifest.js";
import { operatorsToSay } from "./own-settings.js";
import { dataOf, parseYamlDocument, YamlRefused, type YamlDocument } from "./parse-yaml.js";
import { recipeSchema, type RecipeDocument } from "./recipe-schema.js";
import { testsOf, type Author } from "../tier/own/programs.js";
import { describeIssue, lineOf } from "./schema-issue.js";

const invalid = (file: string, why: string): RunError =>
  new RunError("recipe-settings-invalid", `${file}${why.startsWith(":") ? "" : ": "}${why}`, {
    hint: "docs/recipe-yml.md lists the keys of recipe.yml.",
  });

const rangeOf = (status: number | string): StatusRange => {
  const [from = "", to] = String(status).replaceAll("xx", "00").split("-");
  const last = typeof status === "string" && status.endsWith("xx") ? Number(from) + 99 : Number(to ?? from);
  return { from: Number(from), to: last };
};

/** Everything below 500 is an answer: a login page, or the app's own 404. */
const anyAnswer: readonly StatusRange[] = [{ from: 100, to: 499 }];

const healthOf = ({ path, status, redirects, tcp, inARow = 2 }: RecipeDocument["ready"][number]): Health => {
  if (tcp !== undefined)
    return { kind: "tcp", service: tcp.slice(0, tcp.lastIndexOf(":")), port: Number(tcp.slice(tcp.lastIndexOf(":") + 1)), inARow };
  return {
    kind: "http",
    path: path ?? null,
    statuses: status === undefined ? anyAnswer : [status].flat().map(rangeOf),
    followsRedirects: redirects !== "stop",
    inARow,
  };
};

const settingsOf = (said: RecipeDocument): RecipeSettings => ({
  reach: said.reach,
  health: healthOf(said.health),
  ready: said.ready.map(healthOf),
  convergence: { monitorMs: said.monitor, crashDeaths: said.crashLoop.deaths, crashMs: said.crashLoop.after },
  timeouts: { deployMs: said.timeouts.deploy, probeMs: said.timeouts.probe, tierMs: said.timeouts.tier, hookMs: said.timeouts.hook },
  env: said.env,
  compose: said.compose,
  upgradeEnv: said.upgradeEnv,
  stages: said.stages ?? null,
  notApplicable: Object.fromEntries(Object.entries(said.notApplicable).filter(([, reason]) => reason !== undefined)),
  upgradeBase: said.upgradeBase ?? null,
  upgradeAcknowledged: said.upgradeAcknowledged,
  backup: said.backup,
  backupVerify: said.backupVerify ?? null,
  freshRestore: said.freshRestore,
  clearedVolumes: said.clearedVolumes,
  deps: said.deps.map((dep) =>
    typeof dep === "string"
      ? { recipe: dep, source: null, ref: null }
      : { recipe: dep.recipe, source: dep.src ?? null, ref: dep.ref ?? null },
  ),
  variants: Object.entries(said.variants).map(([name, { env, compose }]) => ({ name, env, compose })),
  tests: { limitMs: said.tests.limit ?? null, env: said.tests.env },
  screenshot: said.screenshot === true ? "" : said.screenshot === false ? null : said.screenshot,
  allow: said.allow,
});

/** Keeps variables as they are written: YAML would turn `1.10` and `0x1F` into other numbers. */
const keepVariablesAsWritten = ({ document }: YamlDocument): void =>
  visit(document, {
    Pair: (_, { key, value }) => {
      if (!isScalar(key) || !/^(?:env|upgradeEnv)$/.test(String(key.value)) || !isMap(value)) return;
      for (const { value: one } of value.items)
        if (isScalar(one) && typeof one.value !== "string" && one.value !== null) one.value = one.source ?? one.value;
    },
  });

/**
 * Parses a recipe.yml. An absent or empty file gives the defaults. `author`: whose file it is, because a recipe's own
 * file may not set `allow`. Throws `recipe-settings-invalid`, which names the line, what is there and what was probably
 * meant.
 */
export const parseRecipeSettings = (text: string, file: string, author: Author = "operator"): RecipeSettings => {
  let parsed: YamlDocument;
  let said: unknown;
  try {
    parsed = parseYamlDocument(text);
    keepVariablesAsWritten(parsed);
    said = dataOf(parsed) ?? {};
  } catch (error) {
    throw error instanceof YamlRefused ? invalid(file, `:${error.line}: ${error.message}`) : error;
  }
  if (Array.isArray(said)) throw invalid(file, ":1: the file must be a mapping of keys");
  const judged = v.safeParse(recipeSchema, said);
  if (!judged.success) {
    const { line, text: what } = describeIssue(judged.issues[0], parsed.document, parsed.lines);
    throw invalid(file, `:${line}: ${what}`);
  }
  const refused = author === "recipe" ? operatorsToSay(judged.output, "allow" in Object(said)) : null;
  if (refused !== null) {
    const line = lineOf(parsed.document, parsed.lines, refused.path);
    throw invalid(
      file,
      `:${line}: ${refused.path.join(".")} is the operator's to say, in the recipe's folder on the host that runs it: it ${refused.why}`,
    );
  }
  return settingsOf(judged.output);
};

/** The text of the operator's file. An error in it is a wrong setting and not the recipe's failure. */
const textOf = (folder: string, file: string, shown = folder): string | null => {
  if (!existsSync(folder)) return null;
  try {
    return readRecipeFile(folder, file);
  } catch (error) {
    throw error instanceof RunError && error.code === "recipe-file-refused" ? invalid(join(shown, file), error.message) : error;
  }
};

const fileName = "recipe.yml";

/**
 * The settings in the run's copy of the operator's folder; the copy may be missing. `shown`: the folder itself, which
 * messages name because a slip must be corrected there.
 */
export const readRecipeSettings = (folder: string, shown = folder): RecipeSettings =>
  parseRecipeSettings(textOf(folder, fileName, shown) ?? "", join(shown, fileName));

const ownFile = `.recipe-ci/${fileName}`;

/** Settings with the operator's tests: a pull request must neither add its own nor remove the operator's. */
const withTestsOf = (operatorDir: string, settings: RecipeSettings): RecipeSettings => {
  const leftOut = (tier: Tier): boolean => settings.notApplicable[tier] !== undefined || settings.stages?.includes(tier) === false;
  const missed = tiers.find((tier) => leftOut(tier) && testsOf({ operatorDir, recipeDir: null }, tier).length > 0);
  if (missed !== undefined) throw invalid(ownFile, `: it leaves ${missed} out, for which the operator has tests`);
  return settings;
};

/**
 * The settings that count: the operator's recipe.yml, else the recipe's own if that is allowed (null: it is not), else the
 * defaults.
 */
export const readSettings = (
  operatorDir: string,
  recipeDir: string | null,
): { readonly settings: RecipeSettings; readonly from: SettingsFrom } => {
  const operators = textOf(operatorDir, fileName);
  if (operators !== null) return { settings: parseRecipeSettings(operators, join(operatorDir, fileName)), from: "operator" };
  const own = recipeDir === null ? null : textOf(recipeDir, fileName);
  if (own !== null) return { settings: withTestsOf(operatorDir, parseRecipeSettings(own, ownFile, "recipe")), from: "recipe" };
  return { settings: defaultSettings(), from: "defaults" };
};

/** The settings of a recipe without a recipe.yml. */
export const defaultSettings = (): RecipeSettings => parseRecipeSettings("", fileName);

/** The settings of one of the recipe's variants; null: unchanged. Throws `bad-setting`, exit code 2. */
export const withVariant = (settings: RecipeSettings, name: string | null): RecipeSettings => {
  if (name === null) return settings;
  const variant = settings.variants.find((one) => one.name === name);
  if (variant !== undefined)
    return { ...settings, env: { ...settings.env, ...variant.env }, compose: [...settings.compose, ...variant.compose] };
  const known = settings.variants.map((one) => one.name);
  throw new RunError("bad-setting", `the recipe has no variant ${JSON.stringify(name.slice(0, 60))}`, {
    hint: known.length === 0 ? "Its recipe.yml has no variants." : didYouMean(name, known),
  });
};
