import { createActor, toPromise } from "xstate";
import { sweepScratchFolders } from "../../effects/files/scratch-folder.js";
import { assertLockDir, makeLockDir } from "../../effects/lock/lock-dir.js";
import { logForPeople } from "../../effects/record/log.js";
import { makeRunsDir } from "../../effects/record/run-dir.js";
import { otherZones } from "../../effects/status/other-zones.js";
import { createStops } from "../../effects/stops/stops.js";
import { whenStopped } from "../../effects/stops/when-stopped.js";
import { defaultBudgets } from "../../machines/budgets.js";
import type { JanitorOutput } from "../../machines/janitor/janitor.types.js";
import type { ReapOutput } from "../../machines/reap/reap.types.js";
import type { ExitCode } from "../../machines/vocabulary.js";
import type { Io } from "../io.js";
import { janitorLines } from "../render/janitor-lines.js";
import type { JanitorSettings } from "../settings/janitor-settings.js";
import { provideJanitor } from "../wiring/cleaning-providers.js";
import { createHost } from "../wiring/host.js";

/** Whether something is left that nobody holds. */
const isLeft = ({ outcome }: ReapOutput): boolean =>
  outcome.kind === "failed" || outcome.kind === "would-reap" || (outcome.kind === "kept" && !outcome.held);

const janitorCode = (output: JanitorOutput): ExitCode => {
  const blind = output.troubles[0];
  if (blind !== undefined && output.reaps.length === 0) return blind.exitCode;
  return output.reaps.some(isLeft) ? 3 : 0;
};

/** One pass, by hand or by timer. If a stop interrupts a reap, the next pass takes it up. */
export const janitor = async (settings: JanitorSettings, io: Io): Promise<ExitCode> => {
  if (settings.sandbox !== null) makeLockDir(settings.lockDir);
  assertLockDir(settings.lockDir);
  makeRunsDir(settings.runsDir);
  if (!settings.dryRun) sweepScratchFolders();
  const stops = createStops(io.env["RECIPE_CI_LAUNCHER"]);
  let warned = false;
  const log = logForPeople((line) => {
    warned = true;
    io.err(line);
  });
  const host = createHost({
    settings,
    runId: `janitor-${process.pid}`,
    runDir: settings.runsDir,
    abraDir: settings.abraDir,
    log,
    domain: () => undefined,
  });
  const input = { dryRun: settings.dryRun, except: null, adopt: settings.adopt, budgets: defaultBudgets };
  const actor = createActor(provideJanitor(host, settings.dryRun), { input });
  const stopped = whenStopped(stops, "What was being reaped stays an orphan; the next pass takes it up.");
  try {
    const output = await Promise.race([toPromise(actor.start()), stopped]);
    if (settings.json) io.out(JSON.stringify({ dryRun: settings.dryRun, ...output }, null, 2));
    for (const line of janitorLines(output, { ...settings, others: output.reaps.length === 0 ? otherZones(settings) : [], warned }))
      (settings.json ? io.err : io.out)(line);
    return janitorCode(output);
  } finally {
    actor.stop();
    await host.registry.scope("janitor").drain(defaultBudgets.drain);
    host.janitorHeld.releaseAll();
    stops.close();
  }
};
