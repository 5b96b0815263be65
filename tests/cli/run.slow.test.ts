import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { until } from "../support/processes.js";
import { Sandbox } from "../support/sandbox-run.js";

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.close());

const faults = (...list: readonly object[]): void => writeFileSync(join(sandbox.root, "faults.json"), JSON.stringify(list));

test("a run whose abra says that it undeployed, and has not, is cleaned by docker within the wait for the services", async () => {
  faults({ when: "abra app undeploy", do: "exit:0" });
  const { code, stdout } = await sandbox.run(["run", "echo", "--sandbox", "--run-id", "r"]);
  expect(stdout).toMatch(/tearingDown: goneWaiting[^]*tearingDown: forcing[^]*tearingDown: goneWaiting[^]*tearingDown: removing/);
  expect(code).toBe(0);
  expect(sandbox.leftovers()).toEqual([]);
});

test("a run whose docker stops answering in the middle of the teardown waits for it, and ends clean", async () => {
  const run = sandbox.start(["run", "echo", "--sandbox", "--run-id", "r"], {}, "r");
  await run.says("tearingDown: draining");
  // A fault for one call in a million: calls are counted for it.
  faults({ when: "docker", nth: 1_000_000, do: "exit:1" }, { when: "docker", do: "exit:1" }, { when: "abra", do: "exit:1" });
  const counters = join(sandbox.root, "world", "counters");
  const asked = (): number => (existsSync(counters) ? readdirSync(counters, { recursive: true }).length : 0);
  await until("docker was asked again and again", () => asked() >= 4);
  expect(run.output()).not.toContain("tearingDown: removing");
  faults();
  expect((await run.ended).code).toBe(0);
  expect(run.record()).toMatchObject({ verdict: "passed", cleanliness: "clean" });
  expect(sandbox.leftovers()).toEqual([]);
});

test("a run whose abra cannot undeploy is cleaned by docker all the same", async () => {
  faults(
    { when: "abra app undeploy", do: "exit:1" },
    { when: "abra app volume remove", do: "exit:1" },
    { when: "abra app remove", do: "exit:1" },
  );
  const { code, stdout } = await sandbox.run(["run", "echo", "--sandbox"]);
  expect(stdout).toContain("nothing is left");
  expect(code).toBe(0);
  expect(sandbox.leftovers()).toEqual([]);
});
