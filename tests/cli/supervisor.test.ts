import { describe, expect, test } from "vitest";
import { createActor, waitFor } from "xstate";
import { supervise } from "../../src/cli/supervisor.js";
import { defaultBudgets } from "../../src/machines/budgets.js";
import { deployMachine } from "../../src/machines/deploy/deploy.machine.js";
import { deployPorts } from "../../src/machines/deploy/deploy.ports.js";
import { janitorMachine } from "../../src/machines/janitor/janitor.machine.js";
import { janitorPorts } from "../../src/machines/janitor/janitor.ports.js";
import { runMachine } from "../../src/machines/run/run.machine.js";
import { runPorts } from "../../src/machines/run/run.ports.js";
import type { Prepared, RunInput } from "../../src/machines/run/run.types.js";
import { settleMachine } from "../../src/machines/settle/settle.machine.js";
import { settlePorts } from "../../src/machines/settle/settle.ports.js";
import { teardownMachine } from "../../src/machines/teardown/teardown.machine.js";
import { teardownPorts } from "../../src/machines/teardown/teardown.ports.js";
import { teardownsMachine } from "../../src/machines/teardowns/teardowns.machine.js";
import { tierMachine } from "../../src/machines/tier/tier.machine.js";
import { tierPorts } from "../../src/machines/tier/tier.ports.js";
import type { Cookie } from "../../src/machines/vocabulary.js";
import { settings } from "../support/explore/samples.js";
import { never, scriptedPorts, type Scripts } from "../support/scripted-ports.js";
import { look, service } from "../support/stacks/builders.js";

const app = { recipe: "notes", domain: "note-abc123.t", stack: "note-abc123_t", commit: "c" } as Prepared["app"];
const prepared: Prepared = {
  app,
  deps: [],
  settings: { ...settings, convergence: { monitorMs: 1, crashDeaths: 5, crashMs: 1e6 } },
  plan: { rounds: [{ deploys: { tag: null, commit: "c" }, tiers: ["install"] }], skips: [] },
  slips: [],
};
const input: RunInput = {
  runId: "1" as RunInput["runId"],
  recipe: "notes",
  source: null,
  ref: null,
  pr: 0,
  zone: "t",
  tiers: ["install"],
  deadlineMs: 1e6,
  deadlineAt: 1e6,
  lockTimeoutMs: 1e6,
  hold: "never",
  budgets: defaultBudgets,
};

const states = [
  "prepare",
  "holding.acquire",
  "holding.running.recover",
  "holding.running.deploy",
  "holding.running.test",
  "holding.tearingDown",
  "reporting",
] as const;
type At = (typeof states)[number];

/** A port that answers at once, unless the run is to be held in its state. */
const port =
  <T>(held: boolean, answer: T) =>
  (): T | Promise<T> =>
    held ? never<T>() : answer;

/** A teardown that finds nothing left. */
const clean: Scripts<typeof teardownPorts> = {
  drain: port(false, undefined),
  takeStock: port(false, { isDeployed: true, hasStrangers: false }),
  undeployApp: port(false, true),
  removeServices: port(false, undefined),
  waitGone: port(false, undefined),
  removeObjects: port(false, undefined),
  cleanNodes: port(false, { residue: [], unasked: [] }),
  listResidue: port(false, []),
};
const teardownWith = (scripts: Scripts<typeof teardownPorts>) =>
  teardownMachine.provide({ actors: scriptedPorts(teardownPorts, { ...clean, ...scripts }) });

/** The real chart with scripted ports, held in one state; a stop or an ignored event there meets an action that throws. */
const brokenRunAt = (at: At) =>
  runMachine.provide({
    actions: {
      settleStopped: () => {
        throw new Error("thrown in an action");
      },
      noteIgnored: () => {
        throw new Error("thrown in an action");
      },
    },
    actors: {
      ...scriptedPorts(runPorts, {
        stops: () => undefined,
        prepareRecipe: port(at === "prepare", prepared),
        drainJanitor: port(false, undefined),
        holdLock: (say) => {
          if (at !== "holding.acquire") say({ type: "lock.held", previous: null });
        },
        findRemains: port(at === "holding.running.recover", { residue: [], unclaimed: [], cookies: [] }),
        lookAtStack: port(false, { look: look(10_000, service()), deploys: 1 }),
        gatherEvidence: port(false, { lines: [] }),
        drainAll: port(at === "reporting", undefined),
        writeReport: port(false, undefined),
      }),
      janitor: janitorMachine.provide({
        actors: scriptedPorts(janitorPorts, {
          discoverApps: port(false, { candidates: [], settled: [] }),
          sweepLockFiles: port(false, { swept: [] }),
        }),
      }),
      deploy: deployMachine.provide({
        actors: {
          ...scriptedPorts(deployPorts, {
            createApp: port(at === "holding.running.deploy", undefined),
            configureApp: port(false, { images: [] }),
            prepullImages: port(false, undefined),
            submitDeploy: port(false, undefined),
          }),
          settle: settleMachine.provide({
            actors: scriptedPorts(settlePorts, {
              observeStack: (say) => say({ type: "stack.seen", ...look(10_000, service()) }),
              probeApp: (say) => say({ type: "probe.answered", url: "http://x" }),
            }),
          }),
        },
      }),
      tier: tierMachine.provide({
        actors: scriptedPorts(tierPorts, {
          watchTime: (say) => say({ type: "time.left", ms: 900_000 }),
          runHook: port(at === "holding.running.test", undefined),
          operate: ({ facts }) => facts,
          observeStack: () => undefined,
          runTier: port(false, { tests: [{ name: "t", outcome: "passed", durationMs: 1, message: null }] }),
        }),
      }),
      teardowns: teardownsMachine.provide({ actors: { teardown: teardownWith({ drain: port(at === "holding.tearingDown", undefined) }) } }),
    },
  });

const rescued = async (at: At, hurt: (actor: ReturnType<typeof createActor<typeof runMachine>>) => void) => {
  const steps: string[] = [];
  const noting =
    <T>(name: string, answer: T) =>
    (): T => {
      steps.push(name);
      return answer;
    };
  const actor = createActor(brokenRunAt(at), { input });
  const output = supervise(actor, {
    killChildren: () => steps.push("kill"),
    owned: () => (at.startsWith("holding.") && at !== "holding.acquire" ? [app] : []),
    cookie: "c" as Cookie,
    teardown: teardownWith({ undeployApp: noting("undeploy", true), removeObjects: noting("remove", undefined) }),
    budgets: defaultBudgets,
    note: () => undefined,
    onBug: () => undefined,
  });
  await waitFor(actor, (snapshot) => JSON.stringify(snapshot.value).includes(at.split(".").at(-1) ?? ""), { timeout: 5_000 });
  hurt(actor);
  return { output: await output, steps };
};

describe("when an error is thrown", () => {
  for (const at of states) {
    test(`by an action in ${at}, the supervisor kills the children, tears the app down if it is ours, and ends with 70`, async () => {
      const { output, steps } = await rescued(at, (actor) => actor.send({ type: "stop", cause: "TERM" }));
      const ours = at.startsWith("holding.") && at !== "holding.acquire";
      expect(steps).toEqual(ours ? ["kill", "undeploy", "remove"] : ["kill"]);
      expect(output).toMatchObject({
        exitCode: 70,
        verdict: { kind: "failed", failure: { message: "Error: thrown in an action" } },
        cleanliness: { kind: ours ? "clean" : "unknown" },
      });
    });

    test(`by a timer in ${at}, which no machine catches, the supervisor kills the children and ends with 70`, async () => {
      const before = process.listeners("uncaughtException").length;
      const { output, steps } = await rescued(at, () => {
        process.listeners("uncaughtException").at(-1)?.(new Error("thrown in a timer"), "uncaughtException");
      });
      expect(steps[0]).toBe("kill");
      expect(output.exitCode).toBe(70);
      expect(process.listeners("uncaughtException").length).toBe(before);
    });
  }

  test("because the host ran out of descriptors, the supervisor tears down and ends with 69, as it is no bug", async () => {
    const { output, steps } = await rescued("holding.running.test", () => {
      process.listeners("uncaughtException").at(-1)?.(
        Object.assign(new Error("spawn setpriv EMFILE"), { code: "EMFILE", errno: -24, syscall: "spawn setpriv" }),
        "uncaughtException",
      );
    });
    expect(steps).toEqual(["kill", "undeploy", "remove"]);
    expect(output).toMatchObject({
      exitCode: 69,
      verdict: { kind: "failed", failure: { code: "too-many-files", exitCode: 69 } },
      cleanliness: { kind: "clean" },
    });
  });

  test("while several apps are ours, the supervisor tears all of them down, and residue of one makes the run dirty", async () => {
    const actor = createActor(brokenRunAt("holding.running.test"), { input });
    const dep = { ...app, recipe: "sso", domain: "sso-abc123.t", stack: "sso-abc123_t" } as Prepared["app"];
    const torn: string[] = [];
    const teardown = teardownWith({
      undeployApp: ({ domain }) => {
        torn.push(domain);
        return true;
      },
      listResidue: ({ domain }) => (domain === dep.domain ? [{ kind: "volume", name: "data" }] : []),
    });
    const output = supervise(actor, {
      killChildren: () => undefined,
      owned: () => [app, dep],
      cookie: "c" as Cookie,
      teardown,
      budgets: defaultBudgets,
      note: () => undefined,
      onBug: () => undefined,
    });
    await waitFor(actor, (snapshot) => JSON.stringify(snapshot.value).includes("test"));
    actor.send({ type: "stop", cause: "TERM" });
    expect(await output).toMatchObject({ exitCode: 70, cleanliness: { kind: "dirty", residue: [{ kind: "volume", name: "data" }] } });
    expect(torn).toEqual([app.domain, dep.domain]);
  });

  test("by the supervisor's own teardown too, the run ends as dirty and does not hang", async () => {
    const actor = createActor(brokenRunAt("holding.running.test"), { input });
    const broken = teardownWith({}).provide({
      actions: {
        countRound: () => {
          throw new Error("broken as well");
        },
      },
    });
    const output = supervise(actor, {
      killChildren: () => undefined,
      owned: () => [app],
      cookie: "c" as Cookie,
      teardown: broken,
      budgets: defaultBudgets,
      note: () => undefined,
      onBug: () => undefined,
    });
    await waitFor(actor, (snapshot) => JSON.stringify(snapshot.value).includes("test"));
    actor.send({ type: "stop", cause: "TERM" });
    expect(await output).toMatchObject({ exitCode: 70, cleanliness: { kind: "dirty" } });
  });
});
