import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createActor, toPromise, waitFor, type ActorRefFrom } from "xstate";
import { machines } from "../../src/cli/chart/machines.js";
import { openJournal } from "../../src/effects/record/journal.js";
import { depsMachine } from "../../src/machines/deps/deps.machine.js";
import { depsPorts } from "../../src/machines/deps/deps.ports.js";
import { deployMachine } from "../../src/machines/deploy/deploy.machine.js";
import { deployPorts } from "../../src/machines/deploy/deploy.ports.js";
import { janitorMachine } from "../../src/machines/janitor/janitor.machine.js";
import { janitorPorts } from "../../src/machines/janitor/janitor.ports.js";
import { laneMachine } from "../../src/machines/lane/lane.machine.js";
import { reapMachine } from "../../src/machines/reap/reap.machine.js";
import { reapPorts } from "../../src/machines/reap/reap.ports.js";
import { runMachine } from "../../src/machines/run/run.machine.js";
import { runPorts } from "../../src/machines/run/run.ports.js";
import type { RunInput } from "../../src/machines/run/run.types.js";
import { settleMachine } from "../../src/machines/settle/settle.machine.js";
import { settlePorts } from "../../src/machines/settle/settle.ports.js";
import { teardownMachine } from "../../src/machines/teardown/teardown.machine.js";
import { teardownPorts } from "../../src/machines/teardown/teardown.ports.js";
import { teardownsMachine } from "../../src/machines/teardowns/teardowns.machine.js";
import { tierMachine } from "../../src/machines/tier/tier.machine.js";
import { tierPorts } from "../../src/machines/tier/tier.ports.js";
import type { TimeEvent, Work } from "../../src/machines/time-left.js";
import type { TraceLine } from "../../src/machines/trace-line.js";
import { verifyTrace } from "../../src/machines/trace.js";
import { settledStack } from "../support/explore/stacks.js";
import { never, scriptedPorts, type Scripts } from "../support/scripted-ports.js";
import { runChart } from "../support/explore/run-chart.js";
import { app, candidate, card, cookie, dep, facts, passedTest, plan, settings } from "../support/explore/samples.js";

// They compute and wait for nobody: their time is that of the host's processor.
vi.setConfig({ testTimeout: 120_000 });

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "recipe-ci-trace-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const gives = <T>(output: T) => (): T => output;
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
    ...scriptedPorts(deployPorts, { createApp: gives(undefined), configureApp: gives({ images: [] }), prepullImages: gives(undefined), submitDeploy: gives(undefined), watchTime: watchTime() }),
    settle,
  },
});

const reap = reapMachine.provide({
  actors: {
    ...scriptedPorts(reapPorts, { probeApp: gives({ kind: "orphan" as const, cookies: [cookie], card }), releaseApp: gives(undefined), letGo: gives(undefined) }),
    teardown,
  },
});

const janitor = janitorMachine.provide({
  actors: {
    ...scriptedPorts(janitorPorts, { discoverApps: gives({ candidates: [1, 2].map(candidate), settled: [] }), sweepLockFiles: gives({ swept: [] }) }),
    lane: laneMachine.provide({ actors: { reap } }),
  },
});

const tierWith = (runTier: Tests, over?: Promise<void>) =>
  tierMachine.provide({
    actors: {
      ...scriptedPorts(tierPorts, { runHook: gives(undefined), operate: gives(facts), runTier, observeStack: () => undefined, gatherEvidence: gives({ lines: [] }), watchTime: watchTime(over) }),
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

const recorded = async (tests: Tests, during?: (actor: ActorRefFrom<typeof runMachine>) => Promise<void>, over?: Promise<void>): Promise<readonly TraceLine[]> => {
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
};

const renumbered = (lines: readonly TraceLine[]): readonly TraceLine[] => lines.map((line, index) => ({ ...line, seq: index + 1 }));

describe("the trace of a run with all its child charts", () => {
  test("is replayed by the pure charts to the same states", async () => {
    const lines = await recorded(gives({ tests: [passedTest] }));
    expect(new Set(lines.map(({ machine }) => machine).filter((machine) => machine !== undefined))).toEqual(new Set(Object.keys(machines)));
    expect(lines.at(-1)).toMatchObject({ actor: "run", state: ["released"], status: "done" });
    expect(verifyTrace(machines, lines)).toEqual({ ok: true });
  });

  test("is replayed after a stop in the middle of a tier, and a second stop that is only noted", async () => {
    const lines = await recorded(never, async (actor) => {
      await waitFor(actor, (snapshot) => snapshot.matches({ holding: { running: { test: "install" } } }), { timeout: 5_000 });
      actor.send({ type: "stop", cause: "TERM" });
      actor.send({ type: "stop", cause: "INT" });
    });
    expect(lines.filter(({ event }) => event.type === "stop").map(({ state }) => state)).toEqual([["holding.tearingDown.cleaning"], ["holding.tearingDown.cleaning"]]);
    expect(verifyTrace(machines, lines)).toEqual({ ok: true });
  });

  test("is replayed where the deadline cut a tier, as the time is in the record and no clock is asked", async () => {
    let end = (): void => undefined;
    const over = new Promise<void>((resolve) => (end = resolve));
    const inTests = async (actor: ActorRefFrom<typeof runMachine>): Promise<void> => {
      await waitFor(actor, (snapshot) => snapshot.matches({ holding: { running: { test: "install" } } }), { timeout: 5_000 });
      end();
    };
    const lines = await recorded(never, inTests, over);
    expect(lines.find(({ event }) => event.type === "time.over")).toMatchObject({ actor: "run/install", event: { ms: 900_000 }, state: ["explaining"] });
    expect(lines.at(-1)).toMatchObject({ state: ["released"], status: "done" });
    expect(verifyTrace(machines, lines)).toEqual({ ok: true });
  });

  test("is refused with any one line missing", async () => {
    const lines = await recorded(gives({ tests: [passedTest] }));
    for (const index of lines.keys()) expect(verifyTrace(machines, lines.toSpliced(index, 1)).ok, `line ${index + 1}`).toBe(false);
  });

  test("is refused with any two lines swapped", async () => {
    const lines = await recorded(gives({ tests: [passedTest] }));
    for (const one of lines.keys())
      for (let other = one + 1; other < lines.length; other += 1) {
        const swapped = lines.with(one, lines[other] as TraceLine).with(other, lines[one] as TraceLine);
        expect(verifyTrace(machines, swapped).ok, `lines ${one + 1} and ${other + 1}`).toBe(false);
      }
  });

  test("is refused with a line missing even if its numbers were made good: the states tell", async () => {
    const lines = await recorded(gives({ tests: [passedTest] }));
    const unnoticed = [...lines.keys()].filter((index) => verifyTrace(machines, renumbered(lines.toSpliced(index, 1))).ok);
    expect(unnoticed).toEqual([]);
  });

  test("is refused with any state changed", async () => {
    const lines = await recorded(gives({ tests: [passedTest] }));
    for (const [index, line] of lines.entries())
      expect(verifyTrace(machines, lines.with(index, { ...line, state: ["elsewhere"] })), `line ${index + 1}`).toMatchObject({ ok: false, line: index + 1 });
  });

  test("that ends early is accepted only of a run that may", async () => {
    const lines = (await recorded(gives({ tests: [passedTest] }))).slice(0, -3);
    expect(verifyTrace(machines, lines).ok).toBe(false);
    expect(verifyTrace(machines, lines, { mayEndEarly: true })).toEqual({ ok: true });
  });

  test("that is empty is accepted only of a run that may have been killed before its first event", () => {
    expect(verifyTrace(machines, [])).toEqual({ ok: false, line: 1, why: "the trace is empty" });
    expect(verifyTrace(machines, [], { mayEndEarly: true })).toEqual({ ok: true });
  });
});
