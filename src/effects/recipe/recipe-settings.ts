import { existsSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { parseDuration } from "../../machines/duration.js";
import { RunError } from "../../machines/errors.js";
import { didYouMean } from "../did-you-mean.js";
import type { RecipeSettings } from "../../machines/vocabulary.js";
import { readRecipeFile } from "./gate.js";
import { parseYaml, YamlRefused } from "./parse-yaml.js";

const duration = v.pipe(
  v.string(),
  v.check((text) => parseDuration(text) !== null, "is no duration like 90s, 50m or 1h"),
  v.transform((text) => parseDuration(text) ?? 0),
);

const serviceReach = /^service:[a-z0-9][\w-]*:\d{1,5}$/;

const reach = v.pipe(
  v.string(),
  v.check((text) => /^https?:\/\//.test(text) || serviceReach.test(text), "is neither a URL nor service:<name>:<port>"),
);

const timeouts = v.strictObject({
  deploy: v.optional(duration, "10m"),
  probe: v.optional(duration, "3m"),
  tier: v.optional(duration, "15m"),
});

const schema = v.strictObject({
  reach: v.optional(reach, "https://{domain}"),
  timeouts: v.optional(timeouts, {}),
});

const knownKeys = ["reach", "timeouts", "deploy", "probe", "tier"];

const suggestion = (key: string): string => ` ${didYouMean(key, knownKeys)}`;

type Issue = v.InferIssue<typeof schema>;

const describe = (issue: Issue): string => {
  const path = v.getDotPath(issue) ?? "the file";
  const unknown = issue.type === "strict_object" && issue.expected === "never";
  return unknown ? `unknown key ${path}.${suggestion(path.split(".").at(-1) ?? path)}` : `${path} ${issue.message}`;
};

const invalid = (file: string, why: string): RunError =>
  new RunError("recipe-settings-invalid", `${file}: ${why}`, { hint: "docs/operations.md lists the keys of recipe.yml.", exitCode: 2 });

/** The text of a recipe.yml as settings; an absent or empty file is all defaults. Throws `recipe-settings-invalid`. */
export const parseRecipeSettings = (text: string, file: string): RecipeSettings => {
  let document: unknown;
  try {
    document = parseYaml(text) ?? {};
  } catch (error) {
    throw error instanceof YamlRefused ? invalid(file, error.message) : error;
  }
  const parsed = v.safeParse(schema, document);
  if (!parsed.success) throw invalid(file, describe(parsed.issues[0]));
  const { reach: address, timeouts: limits } = parsed.output;
  return { reach: address, timeouts: { deployMs: limits.deploy, probeMs: limits.probe, tierMs: limits.tier } };
};

/** The settings in the run's own copy of the operator's folder; that copy may be missing. */
export const readRecipeSettings = (folder: string): RecipeSettings => {
  const file = "recipe.yml";
  return parseRecipeSettings((existsSync(folder) ? readRecipeFile(folder, file) : null) ?? "", join(folder, file));
};
