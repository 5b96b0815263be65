import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe } from "vitest";
import { Sandbox } from "../support/sandbox-run.js";
import { redWays } from "../support/tiers/red-ways.js";
import { testFreshRestore, testRedWays, type TierWorld } from "../support/tiers/tier-world.js";

const makeWorld = (): TierWorld => {
  const sandbox = new Sandbox();
  return {
    root: sandbox.root,
    repository: (recipe) => {
      const target = join(sandbox.root, recipe);
      const { status, stderr } = spawnSync("examples/lay-out.sh", [recipe, target], { encoding: "utf8" });
      if (status !== 0) throw new Error(stderr);
      return target;
    },
    run: (args, runId, env) => sandbox.run([...args, "--sandbox", "--run-id", runId], env),
    leftovers: () => sandbox.leftovers(),
    close: () => sandbox.close(),
  };
};

describe("in the sandbox, a recipe with three versions and data in two volumes", () => {
  testFreshRestore(makeWorld);
  testRedWays(redWays, makeWorld);
});
