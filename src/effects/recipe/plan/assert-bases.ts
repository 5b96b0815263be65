import type { Version } from "../../../machines/plan.js";
import type { App } from "../../../machines/vocabulary.js";
import { sampleName } from "../file-names.js";
import { assertAbraShIdentity, assertIdentity } from "../../abra/identity.js";
import { abraShBytesMax } from "../recipe-file-refused.js";
import { sampleAt, type ReadRecipe } from "../slips/recipe-at.js";
import { namingVersion } from "./name-version.js";

export interface BasesToAssert {
  readonly readRecipe: ReadRecipe;
  /** The run's own clone of the recipe. */
  readonly dir: string;
  readonly app: App;
  readonly bases: readonly Version[];
}

/**
 * Each version that an upgrade begins with is of the recipe that the run is of, and about no app but the run's. Throws as
 * `assertIdentity` does, before the lock: the deployment of one may be far down in the plan.
 */
export const assertBases = async ({ readRecipe, dir, app, bases }: BasesToAssert, signal: AbortSignal): Promise<void> => {
  for (const version of bases) {
    const recipe = await readRecipe(dir, version, signal);
    if (recipe === null) continue; // Too large to be read on the way: judged as it is deployed.
    const [sample, abraSh] = [await sampleAt(recipe), (await recipe.read("abra.sh", abraShBytesMax)) ?? ""];
    await namingVersion(app, version, async () => {
      assertIdentity(app, sample, sampleName);
      assertAbraShIdentity(app, abraSh);
    });
  }
};
