import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { findLeaksAtRest } from "../support/oracle/oracle.js";
import { testWith } from "../support/programs.js";
import { startRecipeStep, type AskedRun, type RecipeStep } from "../support/worlds/recipe-step.js";
import { sandboxWorld } from "../support/worlds/sandbox-world.js";
import type { World } from "../support/worlds/world.js";

export const shells = [
  ["sh -e", ["/bin/sh", "-e"], testWith()],
  ["bash -e", ["/bin/bash", "-e"], testWith("bash")],
  ["dash -e", ["/bin/dash", "-e"], testWith("dash")],
] as const;

/** An EXIT trap of a wrapper once failed after a green run and turned it red; one that succeeds could turn a red run green. */
const byExec: NonNullable<AskedRun["call"]> = (command) => ["trap 'kill -0 999999999' EXIT", `exec ${command}`];
const asLast: NonNullable<AskedRun["call"]> = (command) => ["trap 'true' EXIT", command];

export const calls = [
  ["exec", byExec],
  ["its last command", asLast],
] as const;

/** Runs a step to its end in its own world, and passes its results to the checks. */
const inStep = async (
  asked: Partial<AskedRun>,
  faults: readonly object[],
  look: (run: RecipeStep, world: World) => Promise<void>,
): Promise<void> => {
  const world = sandboxWorld();
  if (faults.length > 0) writeFileSync(join(world.root, "faults.json"), JSON.stringify(faults));
  const run = startRecipeStep(world, { recipe: "echo", runId: "1", ...asked });
  try {
    await run.step.ended;
    await run.over();
    await look(run, world);
  } finally {
    await run.step.dispose();
    await world.dispose();
  }
};

export const expectGreen = (shell: readonly string[]): Promise<void> =>
  inStep({ shell, call: byExec }, [], async ({ step }, world) => {
    expect(await step.ended, step.output()).toMatchObject({ status: "success", exitCode: 0, skipsRest: false });
    expect(await findLeaksAtRest(world.oracle)).toEqual([]);
  });

export const expectRed = (shell: readonly string[]): Promise<void> =>
  inStep({ shell, call: asLast }, [{ when: "abra app deploy", do: "exit:1" }], async ({ step, record }, world) => {
    expect(await step.ended, step.output()).toMatchObject({ status: "failure", exitCode: 1 });
    expect(record()).toMatchObject({ verdict: "failed", exitCode: 1, cleanliness: "clean" });
    expect(await findLeaksAtRest(world.oracle)).toEqual([]);
  });

export const expectRefused = (shell: readonly string[], call: NonNullable<AskedRun["call"]>): Promise<void> =>
  inStep({ shell, more: ["--stages", "nonsense"], call }, [], async ({ step }) => {
    expect(await step.ended).toMatchObject({ status: "failure", exitCode: 2 });
  });
