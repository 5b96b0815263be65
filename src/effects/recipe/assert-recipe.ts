import { RunError } from "../../machines/errors.js";
import type { App, RecipeSettings } from "../../machines/vocabulary.js";
import { sampleName } from "./file-names.js";
import { settingsIn } from "../abra/env-file.js";
import { withRecipeEnv } from "../abra/set-in-env.js";
import { assertAbraShIdentity, assertIdentity, sealEnv } from "../abra/identity.js";
import { assertSecretSizes } from "../abra/secret-sizes.js";
import type { Engine } from "../docker/engine.js";
import { checkApp } from "../policy/check-app.js";
import type { CheckedApp } from "../policy/judge-app.js";
import { readRecipeFile } from "./gate.js";
import { abraShBytesMax, sampleBytesMax } from "./recipe-file-refused.js";

export interface RecipeToAssert {
  readonly dir: string;
  readonly operatorDir: string;
  readonly app: App;
  readonly settings: Pick<RecipeSettings, "allow" | "env" | "compose" | "timeouts">;
}

/**
 * Checks, as far as the sample shows, that the recipe has the name that the run was asked for, is for no app but the run's,
 * and asks for nothing that it may not have: before the lock, and before abra knows of it. Changes nothing. Resolves with
 * what its compose files amount to.
 */
export const assertRecipe = async (
  { dir, operatorDir, app, settings }: RecipeToAssert,
  engine: Engine,
  signal: AbortSignal,
): Promise<CheckedApp> => {
  const sample = readRecipeFile(dir, sampleName, sampleBytesMax);
  if (sample === null) {
    throw new RunError("no-env-sample", `the recipe ${app.recipe} has no ${sampleName}`, {
      hint: "abra makes an app's .env from it: add one with TYPE, DOMAIN and what compose.yml uses.",
    });
  }
  assertIdentity(app, sample, sampleName);
  assertAbraShIdentity(app, readRecipeFile(dir, "abra.sh", abraShBytesMax) ?? "");
  assertSecretSizes(sample, sampleName);
  const { allow, timeouts } = settings;
  const env = settingsIn(sealEnv(app, "0", withRecipeEnv(sample, sampleName, settings, app.domain), sampleName), sampleName);
  return checkApp({ app, recipeDir: dir, operatorDir, settings: env, allow, deployMs: timeouts.deployMs }, engine, signal);
};
