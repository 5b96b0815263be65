import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { killRunInTest } from "../support/killed-run.js";
import { Sandbox } from "../support/sandbox-run.js";

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.close());

test("the janitor's dry run names the orphan and ends with 3; the janitor reaps it and ends with 0", async () => {
  const domain = await killRunInTest(sandbox, "echo");

  const dry = await sandbox.run(["janitor", "--sandbox", "--dry-run"]);
  expect(dry.stdout).toContain(`${domain} (`);
  expect(dry.stdout).toContain("would be reaped");
  expect(dry.code).toBe(3);
  expect(sandbox.leftovers()).not.toEqual([]);

  const wet = await sandbox.run(["janitor", "--sandbox", "--json"]);
  const report = JSON.parse(wet.stdout) as { reaps: readonly { outcome: { kind: string } }[] };
  expect(report.reaps.map(({ outcome }) => outcome.kind)).toEqual(["reaped"]);
  expect(wet.code).toBe(0);
  expect(sandbox.leftovers()).toEqual([]);
});

test("the janitor leaves a live run alone, names its holder, and ends with 0", async () => {
  writeFileSync(join(sandbox.root, "faults.json"), JSON.stringify([{ when: "service app", do: "never-healthy" }]));
  const live = sandbox.start(["run", "echo", "--sandbox", "--run-id", "live"], {}, "live");
  await live.says("deploy: converging");
  const { code, stdout } = await sandbox.run(["janitor", "--sandbox"]);
  expect(stdout).toContain("kept: its lock is held by run live");
  expect(code).toBe(0);
  const status = await sandbox.run(["status", "--sandbox", "--json"]);
  expect(JSON.parse(status.stdout)).toMatchObject({ apps: [{ state: "held", holder: { runId: "live" }, waiters: [] }] });
  live.child.kill("SIGTERM");
  expect((await live.ended).code).toBe(143);
});
