import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createActor, toPromise, type ActorRefFrom } from "xstate";
import { openJournal } from "../../../src/effects/record/journal.js";
import { depsMachine } from "../../../src/machines/deps/deps.machine.js";
import { depsPorts } from "../../../src/machines/deps/deps.ports.js";
import { deployMachine } from "../../../src/machines/deploy/deploy.machine.js";
import { deployPorts } from "../../../src/machines/deploy/deploy.ports.js";
import { janitorMachine } from "../../../src/machines/janitor/janitor.machine.js";
import { janitorPorts } from "../../../src/machines/janitor/janitor.ports.js";
import { laneMachine } from "../../../src/machines/lane/lane.machine.js";
import { reapMachine } from "../../../src/machines/reap/reap.machine.js";
import { reapPorts } from "../../../src/machines/reap/reap.ports.js";
import { runMachine } from "../../../src/machines/run/run.machine.js";
import { runPorts } from "../../../src/machines/run/run.ports.js";
import type { RunInput } from "../../../src/machines/run/run.types.js";
import { settleMachine } from "../../../src/machines/settle/settle.machine.js";
import { settlePorts } from "../../../src/machines/settle/settle.ports.js";
import { teardownMachine } from "../../../src/machines/teardown/teardown.machine.js";
import { teardownPorts } from "../../../src/machines/teardown/teardown.ports.js";
import { teardownsMachine } from "../../../src/machines/teardowns/teardowns.machine.js";
import { tierMachine } from "../../../src/machines/tier/tier.machine.js";
import { tierPorts } from "../../../src/machines/tier/tier.ports.js";
import type { TimeEvent, Work } from "../../../src/machines/time-left.js";
import type { TraceLine } from "../../../src/machines/trace-line.js";
import { settledStack } from "./stacks.js";
import { scriptedPorts, type Scripts } from "../scripted-ports.js";
import { runChart } from "./run-chart.js";
import { app, candidate, card, cookie, dep, facts, plan, settings } from "./samples.js";

export const gives =
  <T>(output: T) =>
  (): T =>
    output;
const fails = (): never => {
  throw new Error("it went wrong");
};

type Tests = NonNullable<Scripts<typeof tierPorts>["runTier"]>;

const teardown = teardownMachine.provide({
  actors: scriptedPorts(teardownPorts, {
    drain: gives(undefined),
    takeStock: gives({ isDeployed: true, hasStrangers: false }),
    undeployApp: fails,
    removeServices: gives(undefined),
    waitGone: gives(undefined),
    removeObjects: gives(undefined),
    cleanNodes: gives({ residue: [], unasked: [] }),
    listResidue: gives([]),
  }),
});

/** Time enough, unless `over` says when it is over. */
const watchTime =
  (over?: Promise<void>) =>
  (say: (event: TimeEvent) => void, { asksFirst }: Work): void => {
    if (asksFirst) say({ type: "time.left", ms: 900_000 });
    void over?.then(() => say({ type: "time.over", ms: 900_000 }));
  };

const settle = settleMachine.provide({
  actors: scriptedPorts(settlePorts, {
    observeStack: (say) => say({ type: "stack.seen", ...settledStack }),
    probeApp: (say) => say({ type: "probe.answered", url: "https://hello" }),
    gatherEvidence: gives({ lines: [] }),
    watchTime: watchTime(),
  }),
});

const deploy = deployMachine.provide({
  actors: {
    ...scriptedPorts(deployPorts, {
      createApp: gives(undefined),
      configureApp: gives({ images: [] }),
      prepullImages: gives(undefined),
      submitDeploy: gives(undefined),
      watchTime: watchTime(),
    }),
    settle,
  },
});

const reap = reapMachine.provide({
  actors: {
    ...scriptedPorts(reapPorts, {
      probeApp: gives({ kind: "orphan" as const, cookies: [cookie], card }),
      releaseApp: gives(undefined),
      letGo: gives(undefined),
    }),
    teardown,
  },
});

const janitor = janitorMachine.provide({
  actors: {
    ...scriptedPorts(janitorPorts, {
      discoverApps: gives({ candidates: [1, 2].map(candidate), settled: [] }),
      sweepLockFiles: gives({ swept: [] }),
    }),
    lane: laneMachine.provide({ actors: { reap } }),
  },
});

const tierWith = (runTier: Tests, over?: Promise<void>) =>
  tierMachine.provide({
    actors: {
      ...scriptedPorts(tierPorts, {
        runHook: gives(undefined),
        operate: gives(facts),
        runTier,
        observeStack: () => undefined,
        gatherEvidence: gives({ lines: [] }),
        watchTime: watchTime(over),
      }),
      settle,
    },
  });

/** The run's chart with all its child charts, and ports that answer at once; `tests` is what the tiers come to. */
const wholeRun = (tests: Tests, over?: Promise<void>) =>
  runMachine.provide({
    actors: {
      ...scriptedPorts(runPorts, {
        stops: () => undefined,
        prepareRecipe: gives({ app, settings, deps: [dep(1)], plan, slips: [] }),
        drainJanitor: gives(undefined),
        holdLock: (say) => say({ type: "lock.held", previous: null }),
        findRemains: gives({ residue: [], unclaimed: [], cookies: [cookie] }),
        lookAtStack: gives({ look: settledStack, deploys: 2 }),
        gatherEvidence: gives({ lines: [] }),
        reclaimLock: gives("ours" as const),
        drainAll: gives(undefined),
        writeReport: gives(undefined),
      }),
      janitor,
      recoverTeardown: teardown,
      deps: depsMachine.provide({ actors: { ...scriptedPorts(depsPorts, { handOver: gives(undefined) }), deploy } }),
      deploy,
      tier: tierWith(tests, over),
      teardowns: teardownsMachine.provide({ actors: { teardown } }),
    },
  });

/** What such a run records, line by line. `during` may act on it; `over` ends the time of its tiers. */
export const recordedTrace = async (
  tests: Tests,
  during?: (actor: ActorRefFrom<typeof runMachine>) => Promise<void>,
  over?: Promise<void>,
): Promise<readonly TraceLine[]> => {
  const folder = mkdtempSync(join(tmpdir(), "recipe-ci-trace-"));
  try {
    const journal = openJournal(folder, {
      onRunState: () => undefined,
      onTrouble: (error) => {
        throw error;
      },
    });
    const actor = createActor(wholeRun(tests, over), { input: runChart.input as RunInput, inspect: journal.inspect });
    actor.start();
    await during?.(actor);
    await toPromise(actor);
    journal.close();
    return readFileSync(join(folder, "events.jsonl"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as TraceLine);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
