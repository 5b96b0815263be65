import type { ChartName } from "./charts.js";
import type { Story } from "./story.js";
import {
  deployStories,
  janitorStories,
  laneStories,
  reapDryRunStories,
  reapStories,
  settleStories,
  teardownStories,
  tierStories,
  tierUpgradeStories,
} from "./stories/others.js";
import { depsStories, teardownsStories } from "./stories/deps.js";
import { runHeldStories, runStories } from "./stories/run.js";

/** Where each event leads from each place that waits for it: the tables of dangerous events, as courses. */
export const stories: Readonly<Record<ChartName, readonly Story[]>> = {
  run: runStories,
  runHeld: runHeldStories,
  deploy: deployStories,
  settle: settleStories,
  tier: tierStories,
  tierUpgrade: tierUpgradeStories,
  deps: depsStories,
  teardowns: teardownsStories,
  teardown: teardownStories,
  reap: reapStories,
  reapDryRun: reapDryRunStories,
  janitor: janitorStories,
  lane: laneStories,
};
