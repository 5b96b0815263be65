import { runMachine } from "../../../src/machines/run/run.machine.js";
import type { RunContext, RunInput } from "../../../src/machines/run/run.types.js";
import type { RunId, StopCause } from "../../../src/machines/vocabulary.js";
import type { StackSnapshot } from "../../../src/machines/convergence/stack.types.js";
import type { ChartUnderTest, Told } from "./chart.js";
import { deadStack, settledStack, steadyStack } from "./stacks.js";
import { app, budgets, card, cookie, failedTest, failure, passedTest, settings, silentNode, skippedTest, volume } from "./samples.js";

export const stopCauses = ["TERM", "INT", "HUP", "parent", "epipe"] as const satisfies readonly StopCause[];

export const stop = (cause: StopCause): Told & { from: string } => ({
  name: `stop ${cause}`,
  from: "stops",
  event: { type: "stop", cause } as Told["event"],
});

const lock = (name: string, event: { readonly type: string }): Told & { from: string } => ({ name, from: "holdLock", event });

export const lockEvents = [
  lock("lock.busy", { type: "lock.busy", card } as Told["event"]),
  lock("lock.held", { type: "lock.held", previous: card } as Told["event"]),
  lock("lock.lost", { type: "lock.lost" }),
  lock("lock.failed", { type: "lock.failed", failure } as Told["event"]),
];

const seen = (name: string, { at, services }: StackSnapshot): Told & { from: string } => ({
  name: `stack.seen ${name}`,
  from: "watch",
  event: { type: "stack.seen", at, services } as Told["event"],
});

const stackEvents = [
  seen("settled", settledStack),
  seen("dead", deadStack),
  { name: "stack.unreadable", from: "watch", event: { type: "stack.unreadable", failure } as Told["event"] },
];

const input: RunInput = {
  runId: "42" as RunId,
  recipe: app.recipe,
  source: null,
  ref: null,
  pr: 0,
  zone: "ci.test",
  tiers: ["install", "custom"],
  deadlineMs: 50 * 60_000,
  lockTimeoutMs: 30 * 60_000,
  budgets,
};

const clean = { cleanliness: { kind: "clean" }, troubles: [] };
const unverified = { cleanliness: { kind: "unverified", nodes: [silentNode] }, troubles: [] };
const dirty = { cleanliness: { kind: "dirty", residue: [volume] }, troubles: [] };

/** Two causes of a stop are enough to walk with: they all take the same way. Every pair of all of them is a test of its own. */
export const runChart: ChartUnderTest = {
  name: "run",
  machine: runMachine,
  input,
  external: [stop("TERM"), stop("INT"), ...lockEvents, ...stackEvents],
  outputs: {
    prepareRecipe: { "": { app, settings, tiers: input.tiers }, untested: { app, settings, tiers: [] } },
    janitor: { "": { reaps: [], swept: [], troubles: [] } },
    findRemains: {
      none: { residue: [], unclaimed: [], cookies: [] },
      residue: { residue: [volume], unclaimed: [], cookies: [] },
      survivors: { residue: [], unclaimed: [], cookies: [cookie] },
      unclaimed: { residue: [], unclaimed: [volume], cookies: [] },
    },
    recoverTeardown: { clean, dirty, unverified },
    deploy: { up: { kind: "up", url: "https://hello", stack: steadyStack }, failed: { kind: "failed", failure } },
    tier: {
      passed: { tier: "install", tests: [passedTest, skippedTest], failure: null },
      failed: { tier: "install", tests: [passedTest, failedTest], failure: null },
      broken: { tier: "install", tests: [passedTest], failure },
      empty: { tier: "install", tests: [], failure: null },
      skipped: { tier: "install", tests: [skippedTest], failure: null },
    },
    lastLook: { steady: settledStack, dead: deadStack },
    evidence: { "": { lines: ["last words"] } },
    reclaimLock: { ours: "ours", taken: "taken" },
    teardown: { clean, dirty, unverified },
  },
  project: ({ prepared, url, stack, evidence, tiersLeft, results, verdict, cleanliness }: RunContext) => [
    prepared !== null,
    url !== null,
    stack !== null,
    evidence.length,
    tiersLeft.length,
    Math.min(results.length, 1),
    verdict === null ? null : verdict.kind === "stopped" ? verdict.cause : verdict.kind === "failed" ? verdict.failure.exitCode : "passed",
    cleanliness.kind,
  ],
};
