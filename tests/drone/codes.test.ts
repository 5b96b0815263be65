import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect } from "vitest";
import { findLeaksAtRest } from "../support/oracle/oracle.js";
import { startRecipeStep, type AskedRun, type RecipeStep } from "../support/worlds/recipe-step.js";
import { sandboxWorld } from "../support/worlds/sandbox-world.js";
import type { World } from "../support/worlds/world.js";
import { testWith } from "../support/programs.js";

let world: World;
let started: RecipeStep[];
beforeEach(() => {
  world = sandboxWorld();
  started = [];
});
afterEach(async () => {
  for (const { step } of started) await step.dispose();
  await world.dispose();
});

const start = (asked: Partial<AskedRun>): RecipeStep => {
  const run = startRecipeStep(world, { recipe: "echo", runId: "1", ...asked });
  started.push(run);
  return run;
};

const shells = [
  ["sh -e", ["/bin/sh", "-e"], testWith()],
  ["bash -e", ["/bin/bash", "-e"], testWith("bash")],
  ["dash -e", ["/bin/dash", "-e"], testWith("dash")],
] as const;

/** A wrapper's trap once failed after a green run and made it red; another could end well after a red one. */
const byExec: AskedRun["call"] = (command) => ["trap 'kill -0 999999999' EXIT", `exec ${command}`];
const asLast: AskedRun["call"] = (command) => ["trap 'true' EXIT", command];

describe.each(shells)("in %s", (_, shell, test) => {
  test.each([
    ["exec", byExec],
    ["its last command", asLast],
  ] as const)("a refusal stays one, as %s of a shell with a trap", async (__, call) => {
    const run = start({ shell, more: ["--stages", "nonsense"], call });
    expect(await run.step.ended).toMatchObject({ status: "failure", exitCode: 2 });
    await run.over();
  });

  test("green stays green", async () => {
    const run = start({ shell, call: byExec });
    expect(await run.step.ended, run.step.output()).toMatchObject({ status: "success", exitCode: 0, skipsRest: false });
    await run.over();
    expect(await findLeaksAtRest(world.oracle)).toEqual([]);
  });

  test("red stays red", async () => {
    writeFileSync(join(world.root, "faults.json"), JSON.stringify([{ when: "abra app deploy", do: "exit:1" }]));
    const run = start({ shell, call: asLast });
    expect(await run.step.ended, run.step.output()).toMatchObject({ status: "failure", exitCode: 1 });
    await run.over();
    expect(run.record()).toMatchObject({ verdict: "failed", exitCode: 1, cleanliness: "clean" });
    expect(await findLeaksAtRest(world.oracle)).toEqual([]);
  });
});
