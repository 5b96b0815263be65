import type { Version } from "../../../machines/plan.js";
import type { App } from "../../../machines/vocabulary.js";
import { sampleName } from "../file-names.js";
import { assertAbraShIdentity, assertIdentity } from "../../abra/identity.js";
import { abraShBytesMax } from "../recipe-file-refused.js";
import { sampleAt, type ReadRecipe } from "../slips/recipe-at.js";
import { namingVersion } from "./name-version.js";

interface BasesToAssert {
  readonly readRecipe: ReadRecipe;
  /** The run's own clone of the recipe. */
  readonly dir: string;
  readonly app: App;
  readonly bases: readonly Version[];
}

/**
 * Checks that each version from which an upgrade starts is of the run's recipe and for no app but the run's. Throws what
 * `assertIdentity` throws, before the lock, because its deployment may come late in the plan.
 */
export const assertBases = async ({ readRecipe, dir, app, bases }: BasesToAssert, signal: AbortSignal): Promise<void> => {
  for (const version of bases) {
    const recipe = await readRecipe(dir, version, signal);
    if (recipe === null) continue; // It is too large to be read here and is checked when it is deployed.
    const [sample, abraSh] = [await sampleAt(recipe), (await recipe.read("abra.sh", abraShBytesMax)) ?? ""];
    await namingVersion(app, version, async () => {
      assertIdentity(app, sample, sampleName);
      assertAbraShIdentity(app, abraSh);
    });
  }
};
