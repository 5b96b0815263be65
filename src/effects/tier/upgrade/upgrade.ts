import { touchedFailure } from "../../../machines/convergence/changed-services.js";
import { stackBefore } from "../../../machines/convergence/judge-update.js";
import { askedIn } from "../../../machines/convergence/stack-watch.js";
import type { StackSnapshot } from "../../../machines/convergence/stack.types.js";
import { RunError } from "../../../machines/errors.js";
import type { App, RecipeSettings } from "../../../machines/vocabulary.js";
import { sampleName } from "../../recipe/file-names.js";
import { appEnv, writeConfig } from "../../abra/configure-app.js";
import { redeploy } from "../../abra/deploy-verbs.js";
import { layOut } from "../../abra/lay-out.js";
import { setInEnv, withDomain } from "../../abra/set-in-env.js";
import { lookAtStack } from "../../docker/look-at-stack.js";
import { retryUntilAborted } from "../../docker/retry-until-aborted.js";
import { readRecipeFile } from "../../recipe/gate.js";
import { sampleBytesMax } from "../../recipe/recipe-file-refused.js";
import { versionName } from "../../recipe/plan/plan-lines.js";
import { seedMarkers } from "../markers/seed-markers.js";
import type { Operation, OperationWiring } from "../operation.js";
import { abraLabels } from "../state-tests.js";
import { assertNoHands } from "./assert-no-hands.js";
import { awaitUpdate } from "./await-update.js";
import { mergeEnv } from "../../abra/merge-env.js";

/** The app's .env as a maintainer would update it for the version that is laid out, with what recipe.yml sets from the upgrade on. */
const upgradedEnv = (wiring: OperationWiring, app: App, settings: RecipeSettings, recipeDir: string): string => {
  const { file, text } = appEnv(wiring, app);
  const sample = readRecipeFile(recipeDir, sampleName, sampleBytesMax) ?? "";
  const merged = mergeEnv(text, file, sample, sampleName);
  if (merged.added.length > 0)
    wiring.note(`new in the app's .env, with the sample's values: ${merged.added.map(({ key }) => key).join(", ")}`);
  return setInEnv(merged.text, file, withDomain(settings.upgradeEnv, app.domain));
};

const noteOrphans = (wiring: OperationWiring, { stack }: App, orphans: readonly string[], version: string): void => {
  if (orphans.length === 0) return;
  const names = orphans.map((name) => name.slice(stack.length + 1)).join(", ");
  wiring.note(
    `${version} has no service ${names} any more, and it runs on: abra removes none. Say in the release notes that it is to be removed: docker service rm`,
  );
};

/** Nobody watches the stack while an upgrade is prepared, and the update would put back what was done to it, or install what is gone. */
const assertUntouched = (since: StackSnapshot, look: StackSnapshot): void => {
  const failure = touchedFailure(askedIn(since), look, "the upgrade tier");
  if (failure !== null) throw new RunError(failure, failure.message, failure);
};

/**
 * Upgrades the running app in place to the version under test: the app's .env and its volumes stay.
 *
 * Resolves when the Swarm has made the update, according to the Swarm's own record and not to abra. Rejects with what
 * prevented it: something left to the operator that the notes do not mention, a refusal by the policy or by abra, a
 * missing image, a service that somebody else changed or removed, or an update that was rolled back, paused or never begun.
 */
export const upgrade =
  (wiring: OperationWiring): Operation =>
  async (of, signal) => {
    const { app, settings, target } = of;
    const look = (): Promise<StackSnapshot> => retryUntilAborted(() => lookAtStack(wiring.engine, app.stack, signal), signal);
    const first = await look();
    await assertNoHands(wiring, of, signal);
    const seeded = await seedMarkers(wiring, of, signal);
    const { version: labelBefore = null } = await abraLabels(wiring.engine, app, signal);
    const recipeDir = await layOut(wiring, app, target.commit, signal);
    const { images, services, label } = await writeConfig(
      wiring,
      { app, settings, env: upgradedEnv(wiring, app, settings, recipeDir), isConfigured: true },
      signal,
    );
    await wiring.pull(images, signal);
    const last = await look();
    assertUntouched(first, last);
    const before = stackBefore(last);
    await redeploy(wiring, app, signal);
    const asked = askedIn(await look());
    const wanted = services.map((name) => `${app.stack}_${name}`);
    const { orphans } = await awaitUpdate(wiring.engine, { app, settings, before, asked, wanted }, signal);
    noteOrphans(wiring, app, orphans, versionName(target));
    return {
      ...seeded,
      version: target,
      asked,
      updatesBefore: Object.fromEntries(Object.entries(before).map(([name, { startedAt }]) => [name, startedAt])),
      labels: { before: labelBefore, meant: label?.value ?? null },
    };
  };
