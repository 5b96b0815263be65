import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { makeScratchFolder } from "../../effects/files/scratch-folder.js";
import { logForPeople } from "../../effects/record/log.js";
import { fetchRecipe } from "../../effects/recipe/fetch-recipe.js";
import type { PrepareInput, PrepareSettings } from "../../effects/recipe/prepare-recipe.js";
import { createStops } from "../../effects/stops/stops.js";
import { whenStopped } from "../../effects/stops/when-stopped.js";
import { defaultBudgets, leftForWorkMs } from "../../machines/budgets.js";
import type { Io } from "../io.js";
import { installation } from "../settings/installation.js";
import type { RunSettings } from "../settings/run-settings.js";
import { createHost } from "../wiring/host.js";
import { prepareSettingsIn } from "../wiring/prepare-settings.js";

const noticeMs = 2_000;

/** What a look at a recipe without a run works with: a folder that is removed afterwards. */
export interface Scratch {
  readonly installation: string;
  readonly prepareSettings: PrepareSettings;
  readonly input: PrepareInput;
  /** The recipe's tree at the ref, and nothing else. */
  readonly fetch: () => Promise<string>;
  /** Aborted by a stop: all work must end then. */
  readonly signal: AbortSignal;
}

/**
 * Calls `act` with a recipe in a folder that is removed afterwards, however that ends. Nothing else is touched. Rejects
 * with `stopped` after a stop.
 */
export const inScratch = async <T>(settings: RunSettings, io: Io, act: (scratch: Scratch) => Promise<T>): Promise<T> => {
  const stops = createStops(io.env["RECIPE_CI_LAUNCHER"]);
  const ended = new AbortController();
  const above = makeScratchFolder("look");
  const [runDir, abraDir] = [join(above.path, "run"), join(above.path, "run", "abra")];
  mkdirSync(runDir);
  const host = createHost({ settings, runId: `look-${process.pid}`, runDir, abraDir, log: logForPeople(io.err), domain: () => undefined });
  const { recipe, source, ref, pr, zone } = settings;
  const prepareSettings: PrepareSettings = {
    ...prepareSettingsIn({ host, settings, runDir, note: io.err }),
    assertHost: async () => undefined,
    onPrepared: () => undefined,
    leftMs: () => leftForWorkMs(settings.deadlineMs, settings.deadlineMs, defaultBudgets),
  };
  const dir = join(abraDir, "recipes", recipe);
  const stopped = whenStopped(stops, "Nothing was changed.");
  const acting = act({
    installation,
    prepareSettings,
    input: { recipe, source, ref, pr, zone },
    signal: ended.signal,
    fetch: async () => {
      await fetchRecipe(prepareSettings, { recipe, source, ref, dir }, ended.signal);
      return dir;
    },
  });
  try {
    return await Promise.race([acting, stopped]);
  } finally {
    ended.abort();
    await host.registry.scope("work").drain(1_000);
    // `act` may still write a file there until it has noticed the abort.
    await Promise.race([acting.catch(() => undefined), pause(noticeMs, undefined, { ref: false })]);
    above.close();
    stops.close();
  }
};
