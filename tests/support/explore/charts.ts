import { deployMachine } from "../../../src/machines/deploy/deploy.machine.js";
import type { SettleContext } from "../../../src/machines/settle/settle.types.js";
import { settleMachine } from "../../../src/machines/settle/settle.machine.js";
import type { Tier } from "../../../src/machines/vocabulary.js";
import { depsMachine } from "../../../src/machines/deps/deps.machine.js";
import type { DepsContext } from "../../../src/machines/deps/deps.types.js";
import { teardownsMachine } from "../../../src/machines/teardowns/teardowns.machine.js";
import type { TeardownsContext } from "../../../src/machines/teardowns/teardowns.types.js";
import type { StackSnapshot } from "../../../src/machines/convergence/stack.types.js";
import type { DeployContext } from "../../../src/machines/deploy/deploy.types.js";
import { janitorMachine } from "../../../src/machines/janitor/janitor.machine.js";
import { lanes, type JanitorContext } from "../../../src/machines/janitor/janitor.types.js";
import { laneMachine } from "../../../src/machines/lane/lane.machine.js";
import type { LaneContext } from "../../../src/machines/lane/lane.types.js";
import { reapMachine } from "../../../src/machines/reap/reap.machine.js";
import type { ReapContext } from "../../../src/machines/reap/reap.types.js";
import { teardownMachine } from "../../../src/machines/teardown/teardown.machine.js";
import type { TeardownContext } from "../../../src/machines/teardown/teardown.types.js";
import { tierMachine } from "../../../src/machines/tier/tier.machine.js";
import type { TierContext } from "../../../src/machines/tier/tier.types.js";
import type { ChartUnderTest, Told } from "./chart.js";
import { runChart, runHeldChart } from "./run-chart.js";
import {
  app,
  base,
  budgets,
  candidate,
  card,
  cookie,
  dep,
  facts,
  failedTest,
  failure,
  heldApp,
  outOfTime,
  passedTest,
  reapedApp,
  remoteVolume,
  settings,
  silentNode,
  skippedTest,
  version,
  volume,
} from "./samples.js";
import { changedStack, deadStack, movingStack, refusedStack, settledStack, steadyStack, strangeStack } from "./stacks.js";

const seen = (name: string, { at, services }: StackSnapshot): Told & { from: string } => ({
  name: `stack.seen ${name}`,
  from: "observe",
  event: { type: "stack.seen", at, services } as Told["event"],
});

const time = (name: string, event: { readonly type: string; readonly ms: number }): Told & { from: string } => ({
  name,
  from: "time",
  event,
});

const timeOver = time("time.over", { type: "time.over", ms: 42_000 });

/** What the deadline leaves: enough for anything, enough only for a tier that changes nothing, nothing. */
const timesLeft = Object.entries({ plenty: 900_000, little: 4_000, none: 0 }).map(([name, ms]) =>
  time(`time.left ${name}`, { type: "time.left", ms }),
);

const tried = { address: "https://hello", why: "HTTP 502 Bad Gateway", hint: null };

const up = { url: "https://hello", stack: steadyStack };
const settledOutputs = { up: { kind: "up", ...up }, failed: { kind: "failed", failure }, cut: { kind: "failed", failure: outOfTime } };

const deployChart: ChartUnderTest = {
  name: "deploy",
  machine: deployMachine,
  input: { app, settings, version, budgets },
  external: [timeOver],
  outputs: { configure: { "": { images: ["hello:1"] } }, settle: settledOutputs },
  project: ({ images, failure: kept, up: answered }: DeployContext) => [images.length, kept === null ? null : kept.code, answered !== null],
};

const settleChart: ChartUnderTest = {
  name: "settle",
  machine: settleMachine,
  input: { app, settings: { ...settings, reach: "service:app:80" }, budgets, during: "its deploy", asked: null },
  external: [
    seen("moving", movingStack),
    seen("settled", settledStack),
    seen("dead", deadStack),
    seen("changed", changedStack),
    seen("broken", refusedStack),
    seen("without the service", strangeStack),
    { name: "stack.seen same", from: "observe", event: { type: "stack.seen", at: settledStack.at + 1, services: null } as Told["event"] },
    { name: "probe.tried", from: "probe", event: { type: "probe.tried", tried } as Told["event"] },
    { name: "probe.answered", from: "probe", event: { type: "probe.answered", url: "https://hello" } as Told["event"] },
    { name: "probe.hopeless", from: "probe", event: { type: "probe.hopeless", failure } as Told["event"] },
    { name: "stack.unreadable", from: "observe", event: { type: "stack.unreadable", failure } as Told["event"] },
    timeOver,
  ],
  outputs: { evidence: { "": { lines: ["last words"] } } },
  project: ({ watch, settled, unreadable, failure: kept, url, tried: last }: SettleContext) => [
    watch.last === null ? null : watch.last.services.map(({ name, tasks }) => [name, tasks.map(({ state }) => state)]),
    settled !== null,
    last !== null,
    unreadable !== null,
    kept === null ? null : kept.code,
    url !== null,
  ],
};

/** One that changes the stack, and one that only looks: the same chart by other data. */
const tierChart = (tier: Tier): ChartUnderTest => ({
  name: `tier, ${tier}`,
  machine: tierMachine,
  input: { tier, app, settings, budgets, target: version, facts: { ...facts, version: base }, up },
  external: [
    ...["watchBefore", "watch"].flatMap((from) => [
      { ...seen("settled", settledStack), from },
      { ...seen("changed", changedStack), from },
      { ...seen("dead", deadStack), from },
    ]),
    { name: "stack.unreadable", from: "watch", event: { type: "stack.unreadable", failure } as Told["event"] },
    ...timesLeft,
    timeOver,
  ],
  outputs: {
    operate: { "": facts },
    settle: settledOutputs,
    runTier: {
      passed: { tests: [passedTest, skippedTest] },
      failed: { tests: [passedTest, failedTest] },
      empty: { tests: [] },
      skipped: { tests: [skippedTest] },
    },
    evidence: { "": { lines: ["last words"] } },
  },
  project: ({ tests, outcome, facts: kept, up: is }: TierContext) => [
    tests.map((test) => test.outcome),
    outcome === null ? null : outcome.kind,
    outcome !== null && "failure" in outcome ? [outcome.failure.code, outcome.failure.details.length] : null,
    kept.version.commit,
    is.stack.settled.at,
    is.stack.watch.last?.services.map(({ asked }) => asked.rest),
  ],
});

const depsChart: ChartUnderTest = {
  name: "deps",
  machine: depsMachine,
  input: { deps: [1, 2].map(dep), budgets },
  external: [],
  outputs: { deploy: settledOutputs },
  project: ({ deps, ups, failure: kept }: DepsContext) => [deps.length, ups.length, kept === null ? null : kept.code],
};

const teardownsChart: ChartUnderTest = {
  name: "teardowns",
  machine: teardownsMachine,
  input: { targets: [app, dep(1).app].map(({ domain, stack }) => ({ domain, stack })), cookies: [cookie], budgets },
  external: [],
  outputs: {
    teardown: {
      clean: { cleanliness: { kind: "clean" }, troubles: [] },
      dirty: { cleanliness: { kind: "dirty", residue: [volume] }, troubles: ["remove: it went wrong"] },
      unverified: { cleanliness: { kind: "unverified", nodes: [silentNode] }, troubles: [] },
    },
  },
  project: ({ targets, done, troubles }: TeardownsContext) => [targets.length, done.map(({ kind }) => kind), troubles.length],
};

const teardownChart: ChartUnderTest = {
  name: "teardown",
  machine: teardownMachine,
  input: { domain: app.domain, stack: app.stack, cookies: [], budgets },
  external: [],
  outputs: {
    takeStock: {
      deployed: { isDeployed: true, hasStrangers: false },
      absent: { isDeployed: false, hasStrangers: false },
      mixed: { isDeployed: true, hasStrangers: true },
    },
    undeploy: { done: true, unknown: false },
    cleanNodes: {
      clean: { residue: [], unasked: [] },
      left: { residue: [remoteVolume], unasked: [] },
      unasked: { residue: [], unasked: [silentNode] },
    },
    listResidue: { none: [], residue: [volume] },
  },
  project: ({ residue, nodes, rounds, forced }: TeardownContext) => [
    residue.length,
    nodes.residue.length,
    nodes.unasked.length,
    rounds,
    forced,
  ],
};

const reapInput = { candidate: candidate(1), budgets };

const reapChart = (dryRun: boolean): ChartUnderTest => ({
  name: dryRun ? "reap, dry run" : "reap",
  machine: reapMachine,
  input: { ...reapInput, dryRun },
  external: [],
  outputs: {
    probe: {
      orphan: { kind: "orphan", cookies: [cookie], card },
      held: { kind: "held", card, heldMs: 1 },
      replaced: { kind: "replaced" },
      unusable: { kind: "unusable", reason: "a folder" },
      unclaimed: { kind: "unclaimed", what: ["service blog"] },
      postponed: { kind: "postponed", until: "2026-01-01T00:00:00Z", failures: 2 },
    },
    teardown: {
      clean: { cleanliness: { kind: "clean" }, troubles: [] },
      dirty: { cleanliness: { kind: "dirty", residue: [volume] }, troubles: [] },
      unverified: { cleanliness: { kind: "unverified", nodes: [silentNode] }, troubles: [] },
    },
  },
  project: ({ probe, cleanliness, failure: kept }: ReapContext) => [probe?.kind, cleanliness?.kind, kept !== null],
});

const laneChart: ChartUnderTest = {
  name: "lane",
  machine: laneMachine,
  input: { candidates: [1, 2].map(candidate), dryRun: false, budgets },
  external: [],
  outputs: { reap: { "": reapedApp } },
  project: ({ candidates, reaps, troubles }: LaneContext) => [candidates.length, reaps.length, troubles.length],
};

const janitorChart: ChartUnderTest = {
  name: "janitor",
  machine: janitorMachine,
  input: { dryRun: false, except: null, adopt: null, budgets },
  external: [],
  outputs: {
    discover: {
      none: { candidates: [], settled: [] },
      held: { candidates: [], settled: [heldApp] },
      some: { candidates: [1, 2, 3, 4, 5, 6, 7, 8, 9].map(candidate), settled: [heldApp] },
    },
    ...Object.fromEntries(lanes.map((lane) => [`lane${lane}`, { "": { reaps: [reapedApp], troubles: [] } }])),
    sweep: { "": { swept: ["old.lock"] } },
  },
  project: ({ busyLanes, done, swept, troubles }: JanitorContext) => [busyLanes, done.length, swept.length, troubles.length],
};

/** Every chart of the program with its alphabet; reaping twice, as a dry run is another walk of the same chart. */
export const charts = {
  run: runChart,
  runHeld: runHeldChart,
  deploy: deployChart,
  settle: settleChart,
  tier: tierChart("install"),
  tierUpgrade: tierChart("upgrade"),
  deps: depsChart,
  teardowns: teardownsChart,
  teardown: teardownChart,
  reap: reapChart(false),
  reapDryRun: reapChart(true),
  janitor: janitorChart,
  lane: laneChart,
} as const satisfies Record<string, ChartUnderTest>;

export type ChartName = keyof typeof charts;
