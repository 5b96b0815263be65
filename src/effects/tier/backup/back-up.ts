import { isRunError, RunError } from "../../../machines/errors.js";
import { createBackup, hasContent } from "../../abra/backup-verbs.js";
import { saysNoContainer } from "../../abra/abra-texts.js";
import { seedMarkers } from "../markers/seed-markers.js";
import type { Operation, OperationOf, OperationWiring } from "../operation.js";
import { backupLabelsOf } from "./backup-labels.js";
import { settleFirst } from "./settle-first.js";

/** How often to try: if a service restarts in the middle of a backup, the backup is empty. */
const attemptsMax = 3;

/** Used if abra does not report a snapshot's name that we understand: the newest one is meant. */
const newest = "latest";

/** Why the backup that was just made is not usable, or null. */
const whatIsWrong = async (wiring: OperationWiring, of: OperationOf, signal: AbortSignal): Promise<RunError | null> => {
  if ((await hasContent(wiring, of.app, signal)) === false) {
    return new RunError("backup-empty", `the backup of ${of.app.domain} was made, and there is nothing in it`, {
      hint: "Do the labels backupbot.backup.volumes name paths that exist, and does the pre-hook write them?",
    });
  }
  const { backupVerify } = of.settings;
  if (backupVerify === null) return null;
  const result = await wiring.runOwn(backupVerify, of, signal);
  if (result?.outcome === "passed") return null;
  return new RunError("backup-unverified", `${backupVerify} found the backup of ${of.app.domain} wrong`, {
    hint:
      result === null
        ? "backupVerify in recipe.yml names an executable of the recipe's folder: there is none."
        : "Does the pre-hook say that it has failed, where it has? The output of the look is in the run's log.",
    details: (result?.message ?? "").split("\n").slice(-10),
  });
};

const attempt = async (
  wiring: OperationWiring,
  of: OperationOf,
  signal: AbortSignal,
): Promise<{ readonly snapshot: string } | { readonly wrong: RunError }> => {
  try {
    const snapshot = (await createBackup(wiring, of.app, signal)) ?? newest;
    const wrong = await whatIsWrong(wiring, { ...of, facts: { ...of.facts, snapshot } }, signal);
    return wrong === null ? { snapshot } : { wrong };
  } catch (error) {
    signal.throwIfAborted();
    if (isRunError(error) && error.code === "backup-failed" && saysNoContainer(error.message)) return { wrong: error };
    throw error;
  }
};

/**
 * Waits until the stack has settled, puts markers where the backup will find them, and has the app backed up, up to
 * three times if the result is wrong.
 */
export const backUp =
  (wiring: OperationWiring): Operation =>
  async (of, signal) => {
    await settleFirst(wiring, of, signal);
    const { pathsOf } = await backupLabelsOf(wiring.engine, of.app, signal);
    const facts = await seedMarkers(wiring, of, signal, pathsOf);
    if (facts.markers.length === 0)
      wiring.note("no marker of ours is in the backup: whether the data survive is for the recipe's own tests to show");
    for (let n = 1; ; n += 1) {
      const made = await attempt(wiring, { ...of, facts }, signal);
      if ("snapshot" in made) return { ...facts, snapshot: made.snapshot };
      if (n === attemptsMax) throw made.wrong;
      wiring.note(`${made.wrong.message}: backing up once more (${n + 1} of ${attemptsMax})`);
      await settleFirst(wiring, of, signal);
    }
  };
