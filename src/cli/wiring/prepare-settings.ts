import { join } from "node:path";
import type { PrepareSettings } from "../../effects/recipe/prepare-recipe.js";
import type { App } from "../../machines/vocabulary.js";
import { repositoryOf } from "../run/repository-of.js";
import type { RunSettings } from "../settings/run-settings.js";
import type { Host } from "./host.js";

/** Where a run keeps its copy of the operator's folder for a recipe, be it the one under test or a dep. */
export const operatorDirIn =
  (runDir: string, recipe: string) =>
  (app: Pick<App, "recipe">): string =>
    app.recipe === recipe ? join(runDir, "operator") : join(runDir, "operators", app.recipe);

/** Where a run keeps the recipe's own programs, if they may run. */
export const ownCodeDir = (runDir: string): string => join(runDir, "recipe-ci");

interface PreparedIn {
  readonly host: Host;
  readonly settings: RunSettings;
  readonly runDir: string;
  readonly note: (line: string) => void;
}

/** How a recipe is prepared in a folder, be it for a run or only for a look. */
export const prepareSettingsIn = ({
  host,
  settings,
  runDir,
  note,
}: PreparedIn): Omit<PrepareSettings, "assertHost" | "leftMs" | "onPrepared"> => ({
  git: host.git(settings.credentials),
  readRecipe: host.readRecipe,
  gitFor: host.git,
  canonical: settings.abraDir,
  skipFetch: settings.skipFetch,
  repositoryOf: repositoryOf(host),
  note,
  abraDir: join(runDir, "abra"),
  server: settings.server,
  recipesDirs: settings.recipesDirs,
  operatorDirOf: operatorDirIn(runDir, settings.recipe),
  ownCode: { isAllowed: settings.ownCode.isAllowed, settingsFile: settings.ownCode.file, runDir, ownCodeDir: ownCodeDir(runDir), note },
  variant: settings.variant,
  tiers: settings.tiers,
  upgradeFrom: settings.upgradeFrom,
  namesTiers: settings.namesTiers,
  engine: host.engine("work"),
});
