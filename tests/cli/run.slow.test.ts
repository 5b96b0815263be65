import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Sandbox } from "../support/sandbox-run.js";

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.close());

test("a run whose abra says that it undeployed, and has not, is cleaned by docker within the wait for the services", async () => {
  writeFileSync(join(sandbox.root, "faults.json"), JSON.stringify([{ when: "abra app undeploy", do: "exit:0" }]));
  const { code, stdout } = await sandbox.run(["run", "echo", "--sandbox", "--run-id", "r"]);
  expect(stdout).toMatch(/tearingDown: goneWaiting[^]*tearingDown: forcing[^]*tearingDown: goneWaiting[^]*tearingDown: removing/);
  expect(code).toBe(0);
  expect(sandbox.leftovers()).toEqual([]);
});
