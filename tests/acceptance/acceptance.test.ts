import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { signal } from "../support/drone/processes.js";
import { waitFor } from "../support/drone/wait-for.js";
import { dockerCounts } from "../support/oracle/objects.js";
import { findLeaksAtRest, judgeRuns } from "../support/oracle/oracle.js";
import { whyNot } from "../support/programs.js";
import { ensureImages, ensureSwarm, whichAbra } from "../support/swarm/bring-up.js";
import { startRecipeStep, type AskedRun, type RecipeStep } from "../support/worlds/recipe-step.js";
import { swarmWorld } from "../support/worlds/swarm-world.js";
import type { World } from "../support/worlds/world.js";
import { Table } from "./table.js";

/** A Swarm may take 17 s to remove a network. */
const runMs = 180_000;

let stopSwarm: () => Promise<void>;
let world: World;
const table = new Table(`on the real Swarm, through the simulated step and ${whichAbra().name}`);
const started: RecipeStep[] = [];
const killed = new Set<string>();

beforeAll(async () => {
  stopSwarm = await ensureSwarm();
  ensureImages();
  world = swarmWorld();
}, 300_000);

afterEach(async () => {
  for (const { step } of started.splice(0)) await step.dispose();
});

afterAll(async () => {
  console.log(table.text());
  await world.dispose();
  await stopSwarm();
}, 60_000);

/** Starts a run without a browser, which costs seconds of processor time. One test alone asks for a picture. */
const start = (asked: AskedRun): RecipeStep => {
  const run = startRecipeStep(world, { before: ["export CCCI_CHROMIUM=off"], ...asked });
  started.push(run);
  return run;
};

const isGreen = async (run: RecipeStep): Promise<void> => {
  expect(await run.step.ended, run.step.output().slice(-3_000)).toMatchObject({ status: "success", exitCode: 0 });
  expect(run.record()).toMatchObject({ verdict: "passed", cleanliness: "clean", deploys: 1 });
};

/** Expects no leak, no held lock and no wrong record, and adds a line to the table. */
const leavesNothing = async (what: string, began: number, runs: readonly RecipeStep[]): Promise<void> => {
  table.add(what, performance.now() - began, runs, await dockerCounts(world.oracle));
  expect(await findLeaksAtRest(world.oracle)).toEqual([]);
  expect(judgeRuns(world.oracle, { harmOf: (runId) => ({ stoppedAt: null, killed: killed.has(runId) }), killedAt: new Map() })).toEqual([]);
};

/** Runs the same recipe, pull request and commit twice at once: the second run has to wait and says for whom. */
const twiceAtOnce = async (prefix: string, asked: { readonly recipe: string; readonly pr: number }): Promise<readonly RecipeStep[]> => {
  const first = start({ ...asked, runId: `${prefix}-1` });
  await first.reaches("recover");
  const second = start({ ...asked, runId: `${prefix}-2` });
  await waitFor("the second to say for whom it waits", () => /waiting for .*held by run .*-1 \(pid \d+/.test(second.step.output()), {
    limitMs: runMs,
    otherwise: second.step.output,
  });
  await isGreen(first);
  await isGreen(second);
  await Promise.all([first.over(), second.over()]);
  return [first, second];
};

test("(d) one full run is green", { timeout: runMs }, async () => {
  const began = performance.now();
  const run = start({ recipe: "notes", runId: "d", pr: 1, before: [] });
  await isGreen(run);
  expect(existsSync(join(world.oracle.runsDir, "d", "screenshot.png"))).toBe(whyNot("chromium") === null);
  await run.over();
  await leavesNothing("(d) a full run", began, [run]);
});

test.each([
  ["deploy", "converging"],
  ["test", "test (install)"],
])("(a) a run that is cancelled during %s leaves nothing, and the next run reports it", { timeout: 2 * runMs }, async (phase, sign) => {
  const began = performance.now();
  const run = start({ recipe: "notes", runId: `a-${phase}`, pr: 2 });
  await run.reaches(phase, runMs);
  await waitFor(sign, () => run.step.output().includes(sign), { limitMs: runMs, everyMs: 2, otherwise: run.step.output });
  run.step.cancel();
  expect(await run.step.ended).toMatchObject({ status: "killed", exitCode: 137 });
  await run.over(runMs);
  expect(run.record()).toMatchObject({ verdict: "stopped", cause: "parent", exitCode: 143, cleanliness: "clean" });
  await leavesNothing(`(a) cancelled in ${phase}`, began, [run]);

  const afterwards = performance.now();
  const next = start({ recipe: "notes", runId: `a-${phase}-next`, pr: 2 });
  await waitFor(
    "the next run to tell how this one ended",
    () => next.step.output().includes(`the last run of this app, a-${phase}, ended`),
    {
      limitMs: runMs,
      otherwise: next.step.output,
    },
  );
  expect(next.step.output()).toMatch(new RegExp(`the last run of this app, a-${phase}, ended .*stopped`));
  await isGreen(next);
  await next.over();
  await leavesNothing("(a) the run after it", afterwards, [next]);
});

test("(b) two recipes at once are both green", { timeout: runMs }, async () => {
  const began = performance.now();
  const runs = [start({ recipe: "notes", runId: "b-notes", pr: 3 }), start({ recipe: "echo", runId: "b-echo", pr: 3 })];
  for (const run of runs) await isGreen(run);
  for (const run of runs) await run.over();
  await leavesNothing("(b) two recipes at once", began, runs);
});

test("(c) when one app is run twice at once, the second run waits and both are green", { timeout: 2 * runMs }, async () => {
  const began = performance.now();
  await leavesNothing("(c) one app twice at once", began, await twiceAtOnce("c", { recipe: "echo", pr: 4 }));
});

test("(e) after a SIGKILL of all of a run's processes, two runs of its app at once are both green", { timeout: 3 * runMs }, async () => {
  const began = performance.now();
  const run = start({ recipe: "echo", runId: "e", pr: 4 });
  await run.reaches("test", runMs);
  killed.add("e");
  for (const pid of run.step.members()) signal(pid, "SIGKILL");
  await run.over();
  expect(run.record()?.exitCode).toBe(null);
  const left = await dockerCounts(world.oracle);
  expect(left.service).toBeGreaterThan(0);
  table.add("(e) everything of a run killed", performance.now() - began, [run], left);

  const again = performance.now();
  await leavesNothing("(e) then one app twice at once", again, await twiceAtOnce("e-then", { recipe: "echo", pr: 4 }));
});
