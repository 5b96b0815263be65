import { rm } from "node:fs/promises";
import { removeDepsFile } from "../../effects/deps/deps-file.js";
import { bestEffort } from "../../effects/record/best-effort.js";
import { giveRoomBack } from "../../effects/record/last-room.js";
import { pruneRuns } from "../../effects/record/prune-runs.js";
import type { RunOutput } from "../../machines/run/run.types.js";
import type { RunSettings } from "../settings/run-settings.js";
import type { OpenRun } from "./open-run.js";
import { rememberEnd } from "./previous-run.js";
import { appsOf } from "./run-apps.js";

/** How many folders one run prunes at its end; the next run continues. */
const prunedAtOnce = 20;

/**
 * Removes the clone unless it is to be kept. Links in it are removed as links. If another folder has replaced the run's, touches nothing.
 */
export const dropClone = async ({ keep }: RunSettings, { abraDir, note, record }: OpenRun): Promise<void> => {
  if (!keep && record.hasFolder) await rm(abraDir, { recursive: true, force: true }).catch(() => note(`${abraDir} could not be removed`));
};

const pruneOlderRuns = ({ runsDir, keepRuns }: RunSettings, note: OpenRun["note"]): void => {
  if (keepRuns === null) return;
  const pruned = bestEffort(() =>
    pruneRuns({ runsDir, keepNewest: keepRuns, olderThanMs: Number.NEGATIVE_INFINITY, dryRun: false, now: Date.now(), most: prunedAtOnce }),
  );
  for (const { runId, why } of pruned?.failed ?? []) note(`the folder of run ${runId} could not be removed: ${why}`);
};

/** Records how a run ended, for people and for the app's next run, and tidies up after it. */
export const closeRun = async (settings: RunSettings, run: OpenRun, output: RunOutput): Promise<void> => {
  const { verdict, cleanliness, exitCode } = output;
  const { runDir, host, record, renderer, log, note } = run;
  if (record.hasFolder) removeDepsFile(runDir);
  await dropClone(settings, run);
  if (record.hasFolder) giveRoomBack(runDir);
  if (verdict.kind === "failed") log.error({ failure: verdict.failure }, verdict.failure.message);
  record.close(verdict, cleanliness, exitCode);
  for (const { domain } of appsOf(run.prepared())) {
    const isClosed = cleanliness.kind === "clean" && host.ledgers.close(domain);
    if (host.held.isStillMine(domain)) rememberEnd(settings, domain, record.current, isClosed);
  }
  renderer.finish(output, record.current);
  pruneOlderRuns(settings, note);
};
