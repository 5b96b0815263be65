import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { afterEach, beforeEach, describe } from "vitest";
import { Sandbox } from "../support/sandbox-run.js";
import { redWays } from "../support/tiers/red-ways.js";
import { testFreshRestore, testRedWays, type TierWorld } from "../support/tiers/tier-world.js";

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.close());

const repository = (recipe: string): string => {
  const target = join(sandbox.root, recipe);
  const { status, stderr } = spawnSync("examples/lay-out.sh", [recipe, target], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return target;
};

describe("in the sandbox, a recipe with three versions and data in two volumes", () => {
  const world = (): TierWorld => ({
    root: sandbox.root,
    repository,
    run: (args, runId, env) => sandbox.run([...args, "--sandbox", "--run-id", runId], env),
    leftovers: () => sandbox.leftovers(),
  });
  testFreshRestore(world);
  testRedWays(redWays, world);
});
