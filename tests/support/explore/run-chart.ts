import { runMachine } from "../../../src/machines/run/run.machine.js";
import type { Hold, RunContext, RunInput } from "../../../src/machines/run/run.types.js";
import type { TierOutput } from "../../../src/machines/tier/tier.types.js";
import { tiers, type Failure, type RunId, type StopCause, type TierOutcome } from "../../../src/machines/vocabulary.js";
import type { ChartUnderTest, Told } from "./chart.js";
import { changedStack, deadStack, settledStack, steadyStack } from "./stacks.js";
import {
  app,
  base,
  budgets,
  card,
  cookie,
  dep,
  facts,
  failure,
  outOfTime,
  passedTest,
  plan,
  settings,
  silentNode,
  version,
  volume,
} from "./samples.js";

export const stopCauses = ["TERM", "INT", "HUP", "parent", "epipe"] as const satisfies readonly StopCause[];

export const stop = (cause: StopCause): Told & { from: string } => ({
  name: `stop ${cause}`,
  from: "stops",
  event: { type: "stop", cause } as Told["event"],
});

const lock = (name: string, event: { readonly type: string }): Told & { from: string } => ({ name, from: "holdLock", event });

const lockEvents = [
  lock("lock.busy", { type: "lock.busy", card } as Told["event"]),
  lock("lock.held", { type: "lock.held", previous: card } as Told["event"]),
  lock("lock.lost", { type: "lock.lost" }),
  lock("lock.failed", { type: "lock.failed", failure } as Told["event"]),
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
  deadlineAt: 50 * 60_000,
  lockTimeoutMs: 30 * 60_000,
  hold: "never",
  budgets,
};

const up = { url: "https://hello", stack: steadyStack };
const clean = { cleanliness: { kind: "clean" }, troubles: [] };
const unasked = { cleanliness: { kind: "unverified", nodes: [silentNode] }, troubles: [] };
const dirty = { cleanliness: { kind: "dirty", residue: [volume] }, troubles: [] };

const unverified: Failure = { ...failure, code: "tier-unverified" };
const tierCame = (outcome: TierOutcome): TierOutput => ({
  result: { tier: "install", outcome, tests: [passedTest] },
  facts: { ...facts, snapshot: "5a4b" },
  up,
});

const tierOutputs = {
  passed: tierCame({ kind: "pass" }),
  skipped: tierCame({ kind: "skip", reason: "nothing to do" }),
  failed: tierCame({ kind: "fail", failure }),
  unverified: tierCame({ kind: "unverified", failure: unverified }),
  cut: tierCame({ kind: "unverified", failure: outOfTime }),
};

/** Two causes of a stop are enough to walk with: they all take the same way. Every pair of all of them is a test of its own. */
const runChartWith = (hold: Hold): ChartUnderTest => ({
  name: hold === "never" ? "run" : `run, held on ${hold}`,
  machine: runMachine,
  input: { ...input, hold },
  external: [stop("TERM"), stop("INT"), ...lockEvents],
  outputs: {
    prepareRecipe: {
      "": { app, settings, deps: [], plan, slips: [] },
      untested: { app, settings, deps: [], plan: { rounds: [{ deploys: version, tiers: [] }], skips: [] }, slips: [] },
      needing: { app, settings, deps: [dep(1)], plan: { rounds: [{ deploys: version, tiers: ["install"] }], skips: [] }, slips: [] },
      fresh: {
        app,
        settings,
        deps: [],
        plan: {
          rounds: [
            { deploys: version, tiers: ["backup"] },
            { deploys: version, tiers: ["restore"], keepsFacts: true },
          ],
          skips: [],
        },
      },
      twice: {
        app,
        settings,
        deps: [],
        plan: {
          rounds: [
            { deploys: base, tiers: ["upgrade", "backup", "restore"] },
            { deploys: base, tiers: ["upgrade"] },
          ],
          skips: [],
        },
        slips: [],
      },
    },
    janitor: { "": { reaps: [], swept: [], troubles: [] } },
    findRemains: {
      none: { residue: [], unclaimed: [], cookies: [] },
      residue: { residue: [volume], unclaimed: [], cookies: [] },
      survivors: { residue: [], unclaimed: [], cookies: [cookie] },
      unclaimed: { residue: [], unclaimed: [volume], cookies: [] },
    },
    recoverTeardown: { clean, dirty, unverified: unasked },
    deps: { up: { kind: "up", deploys: 1 }, failed: { kind: "failed", failure }, cut: { kind: "failed", failure: outOfTime } },
    deploy: {
      up: { kind: "up", url: "https://hello", stack: steadyStack },
      failed: { kind: "failed", failure },
      cut: { kind: "failed", failure: outOfTime },
    },
    ...Object.fromEntries(tiers.map((tier) => [tier, tierOutputs])),
    lastLook: {
      steady: { look: settledStack, deploys: 1 },
      second: { look: settledStack, deploys: 2 },
      dead: { look: deadStack, deploys: 1 },
      changed: { look: changedStack, deploys: 1 },
    },
    evidence: { "": { lines: ["last words"] } },
    reclaimLock: { ours: "ours", taken: "taken" },
    replaceTeardown: { clean, dirty, unverified: unasked },
    teardowns: { clean, dirty, unverified: unasked },
  },
  project: ({ prepared, recovered, round, deployment, evidence, tiersLeft, results, verdict, cleanliness }: RunContext) => [
    // Once the verdict is settled, how far the run had come decides nothing any more.
    verdict === null
      ? [prepared?.plan.rounds.length, prepared?.deps.length, recovered, round, deployment !== null, tiersLeft.length]
      : prepared !== null,
    evidence !== null,
    Math.min(results.length, 1),
    verdict === null ? null : verdict.kind === "stopped" ? verdict.cause : verdict.kind === "failed" ? verdict.failure.exitCode : "passed",
    cleanliness.kind,
  ],
});

export const runChart = runChartWith("never");

/** The same chart at a terminal, where a failed run is kept for a look. */
export const runHeldChart = runChartWith("failure");
