import { existsSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { allowKeys } from "../../machines/allow.js";
import { parseDuration } from "../../machines/duration.js";
import { RunError } from "../../machines/errors.js";
import { parseReach } from "../../machines/reach.js";
import type { RecipeSettings } from "../../machines/vocabulary.js";
import { didYouMean } from "../did-you-mean.js";
import { readRecipeFile } from "./gate.js";
import { parseYaml, YamlRefused } from "./parse-yaml.js";

const duration = v.pipe(
  v.string(),
  v.check((text) => parseDuration(text) !== null, "is no duration like 90s, 50m or 1h"),
  v.transform((text) => parseDuration(text) ?? 0),
);

const reach = v.pipe(
  v.string(),
  v.check((text) => parseReach(text) !== null, "is neither auto nor a URL nor service:<name>:<port>"),
);

const timeouts = v.strictObject({
  deploy: v.optional(duration, "10m"),
  probe: v.optional(duration, "3m"),
  tier: v.optional(duration, "15m"),
  hook: v.optional(duration, "5m"),
});

const crashLoop = v.strictObject({
  deaths: v.optional(v.pipe(v.number("is no number"), v.integer("is no whole number"), v.minValue(1, "is less than 1")), 5),
  after: v.optional(duration, "90s"),
});

const items = v.optional(v.array(v.pipe(v.string(), v.nonEmpty("is empty"))), []);

const allow = v.strictObject({
  bind: v.optional(v.array(v.pipe(v.string(), v.check((path) => /^[/.~]/.test(path), "is no path: e.g. /etc/localtime:ro"))), []),
  ports: v.optional(v.array(v.pipe(v.number(), v.integer("is no port"), v.minValue(1, "is no port"), v.maxValue(65_535, "is no port"))), []),
  capabilities: v.optional(v.array(v.pipe(v.string(), v.regex(/^[A-Z][A-Z_]*$/, "is no capability like NET_ADMIN"))), []),
  devices: items,
  sysctls: items,
  host: v.optional(v.array(v.pipe(v.string(), v.regex(/^\w+=./, "is no key=value like pid=host"))), []),
  hosts: items,
  drivers: items,
  networks: items,
  volumes: items,
  secrets: items,
  configs: items,
});

const schema = v.strictObject({
  reach: v.optional(reach, "auto"),
  monitor: v.optional(duration, "5s"),
  crashLoop: v.optional(crashLoop, {}),
  timeouts: v.optional(timeouts, {}),
  allow: v.optional(allow, {}),
});

/** By the key that they stand under. */
const knownKeys: Readonly<Record<string, readonly string[]>> = {
  "": ["reach", "timeouts", "monitor", "crashLoop", "allow"],
  timeouts: ["deploy", "probe", "tier", "hook"],
  crashLoop: ["deaths", "after"],
  allow: allowKeys,
};

const suggestion = (path: readonly string[]): string => ` ${didYouMean(path.at(-1) ?? "", knownKeys[path.slice(0, -1).join(".")] ?? [])}`;

type Issue = v.InferIssue<typeof schema>;

const describe = (issue: Issue): string => {
  const path = v.getDotPath(issue) ?? "the file";
  const unknown = issue.type === "strict_object" && issue.expected === "never";
  // Not the path's words: a key may have a dot in it.
  return unknown ? `unknown key ${path}.${suggestion((issue.path ?? []).map(({ key }) => String(key)))}` : `${path} ${issue.message}`;
};

const invalid = (file: string, why: string): RunError =>
  new RunError("recipe-settings-invalid", `${file}: ${why}`, { hint: "docs/operations.md lists the keys of recipe.yml." });

/** What no key of recipe.yml settles yet. */
const unsaid = {
  health: { kind: "http", path: null, statuses: [{ from: 100, to: 499 }], followsRedirects: true, inARow: 2 },
  ready: [],
  env: {},
  upgradeEnv: {},
  stages: null,
  notApplicable: {},
  upgradeBase: null,
  upgradeAcknowledged: [],
  backup: "auto",
  backupVerify: null,
  freshRestore: false,
  clearedVolumes: [],
  deps: [],
  variants: [],
  tests: { limitMs: null, env: {} },
  screenshot: null,
} as const satisfies Partial<RecipeSettings>;

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
  const { reach: address, timeouts: limits, monitor, crashLoop: loop, allow: allowed } = parsed.output;
  return {
    ...unsaid,
    reach: address,
    convergence: { monitorMs: monitor, crashDeaths: loop.deaths, crashMs: loop.after },
    timeouts: { deployMs: limits.deploy, probeMs: limits.probe, tierMs: limits.tier, hookMs: limits.hook },
    allow: allowed,
  };
};

/** The operator's own file: what is wrong with it is a wrong setting, and no recipe's failure. */
const textOf = (folder: string, file: string): string | null => {
  if (!existsSync(folder)) return null;
  try {
    return readRecipeFile(folder, file);
  } catch (error) {
    throw error instanceof RunError && error.code === "recipe-file-refused" ? invalid(join(folder, file), error.message) : error;
  }
};

/** The settings in the run's own copy of the operator's folder; that copy may be missing. */
export const readRecipeSettings = (folder: string): RecipeSettings => {
  const file = "recipe.yml";
  return parseRecipeSettings(textOf(folder, file) ?? "", join(folder, file));
};
