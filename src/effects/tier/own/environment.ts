import { join } from "node:path";
import type { Facts } from "../../../machines/tier/facts.js";
import type { App, RecipeSettings, Tier } from "../../../machines/vocabulary.js";
import type { OwnProgram } from "./programs.js";

/** What a program of the recipe is run for. */
export interface Occasion {
  readonly tier: Tier;
  /** `steps`: before the app is deployed. */
  readonly when: "steps" | "pre" | "test" | "post" | "verify";
  readonly app: App;
  readonly settings: RecipeSettings;
  /** Null before the app is up. */
  readonly url: string | null;
  readonly facts: Facts | null;
  /** The app's .env, for a program that should change it. */
  readonly envFile?: string;
}

/** The variables of the run's environment that a stranger's program gets: none for the host's tools, and none that may be a secret. */
const forStrangers = ["PATH", "LANG", "LC_ALL", "NO_COLOR", "TERM", "CCCI_RUN_ID", "CCCI_RUN_COOKIE", "NODE_EXTRA_CA_CERTS"] as const;

const pick = (env: Readonly<Record<string, string>>, names: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));

/** Where a program is told to put reports, in its own folder. */
export const reportDirIn = (own: string): string => join(own, "reports");

/** The environment of all hooks and tests; the table is in docs/recipe-yml.md. `own`: the program's folder for what it writes. */
export const environmentOf = (
  program: OwnProgram,
  { tier, when, app, settings, url, facts, envFile }: Occasion,
  run: Readonly<Record<string, string>>,
  own: string,
): Readonly<Record<string, string>> => {
  const isStrange = program.author === "recipe";
  return {
    ...(isStrange ? { ...pick(run, forStrangers), HOME: own, TMPDIR: own } : { ...run, ...settings.tests.env }),
    CCCI_RECIPE: app.recipe,
    CCCI_REF: app.commit,
    CCCI_TIER: tier,
    CCCI_WHEN: when,
    CCCI_APP_DOMAIN: app.domain,
    CCCI_STACK_NAME: app.stack,
    ...(url === null ? {} : { CCCI_BASE_URL: url }),
    ...(facts === null ? {} : { CCCI_VERSION: facts.version.tag ?? "", CCCI_VERSION_COMMIT: facts.version.commit }),
    ...(envFile === undefined || isStrange ? {} : { CCCI_ENV_FILE: envFile }),
    CCCI_REPORT_DIR: reportDirIn(own),
  };
};
