import { join } from "node:path";
import { RunError } from "../../machines/errors.js";
import type { App } from "../../machines/vocabulary.js";
import { assertAbraShIdentity, assertIdentity } from "../abra/identity.js";
import { readEnvFile } from "../abra/own-env.js";

/**
 * The recipe is of the name that the run was asked for, and about no app but the run's. Before the lock, and before
 * abra has heard of it.
 */
export const assertRecipe = (dir: string, app: App): void => {
  const sample = readEnvFile(join(dir, ".env.sample"));
  if (sample === null) {
    throw new RunError("no-env-sample", `the recipe ${app.recipe} has no .env.sample`, { hint: "abra makes an app's .env from it: add one with TYPE, DOMAIN and what compose.yml uses.", exitCode: 1 });
  }
  assertIdentity(app, sample, ".env.sample");
  assertAbraShIdentity(app, readEnvFile(join(dir, "abra.sh")) ?? "");
};
