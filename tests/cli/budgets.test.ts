import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { replaceIn } from "../support/replace-in.js";
import { Sandbox } from "../support/sandbox-run.js";

// One whose tests hang until the deadline cuts them: budgets.slow.test.ts.
test("a run whose plan cannot fit ends with 2 at once: the plan is told with its budgets, and nothing was touched", async () => {
  const sandbox = new Sandbox();
  onTestFinished(() => sandbox.close());
  const operators = join(sandbox.root, "operators");
  cpSync("examples/operator/echo", join(operators, "echo"), { recursive: true });
  replaceIn(join(operators, "echo", "recipe.yml"), "monitor: 500ms", "monitor: 60s");
  const { code, stdout } = await sandbox.run(["run", "echo", "--sandbox", "--run-id", "long", "--deadline", "40s", "--stages", "install"], {
    CCCI_RECIPES_DIR: operators,
  });
  expect(code).toBe(2);
  expect(stdout).toMatch(
    /plan: deploy .*\n.*budgets: each deploy 4 min .* all of it [\d.]+ s, and each is cut to what remains of that; to tear down 8 min more/,
  );
  expect(stdout).toMatch(/^plan-too-long: the plan takes 1 min at least, and the deadline leaves [\d.]+ s$/m);
  expect(JSON.parse(readFileSync(join(sandbox.root, "runs", "long", "run.json"), "utf8"))).toMatchObject({
    deploys: 0,
    phases: [{ name: "prepare" }, { name: "reporting" }],
  });
  expect(sandbox.leftovers()).toEqual([]);
});
