import { join } from "node:path";
import { describe } from "vitest";
import { must } from "../support/children.js";
import { Sandbox } from "../support/sandbox-run.js";
import { redWays } from "../support/tiers/red-ways.js";
import { testFreshRestore, testRedWays, type TierWorld } from "../support/tiers/tier-world.js";

const makeWorld = (): TierWorld => {
  const sandbox = new Sandbox();
  return {
    root: sandbox.root,
    repository: (recipe) => {
      const target = join(sandbox.root, recipe);
      must("examples/lay-out.sh", [recipe, target]);
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
