import type { AnyStateMachine } from "xstate";
import { defaultBudgets } from "../../machines/budgets.js";
import { deployMachine } from "../../machines/deploy/deploy.machine.js";
import { depsMachine } from "../../machines/deps/deps.machine.js";
import { teardownsMachine } from "../../machines/teardowns/teardowns.machine.js";
import { janitorMachine } from "../../machines/janitor/janitor.machine.js";
import { laneMachine } from "../../machines/lane/lane.machine.js";
import { reapMachine } from "../../machines/reap/reap.machine.js";
import { runMachine } from "../../machines/run/run.machine.js";
import { settleMachine } from "../../machines/settle/settle.machine.js";
import { teardownMachine } from "../../machines/teardown/teardown.machine.js";
import { tierMachine } from "../../machines/tier/tier.machine.js";

/** Every chart of the program, in the order in which a reader meets them. */
export const machines: Readonly<Record<string, AnyStateMachine>> = {
  run: runMachine,
  deploy: deployMachine,
  settle: settleMachine,
  tier: tierMachine,
  deps: depsMachine,
  teardowns: teardownsMachine,
  teardown: teardownMachine,
  janitor: janitorMachine,
  lane: laneMachine,
  reap: reapMachine,
};

const minuteMs = 60_000;

/** A context with the default of every setting: the charts compute their delays from it. */
export const sampleContext = {
  budgets: defaultBudgets,
  deadlineMs: 50 * minuteMs,
  lockTimeoutMs: 30 * minuteMs,
  apps: 1,
  settings: {
    reach: "https://{domain}",
    timeouts: { deployMs: 10 * minuteMs, probeMs: 3 * minuteMs, tierMs: 15 * minuteMs, hookMs: 5 * minuteMs },
  },
};
