import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { until } from "../support/processes.js";
import { Sandbox } from "../support/sandbox-run.js";
import { isHeld } from "../support/locks.js";

// The whole table against the stand-ins is in tests/contract, and through this command against a real engine in tests/swarm.
test("doctor prints each assumption with its mark, cleans up when it is stopped, and refuses to run twice at a time", async () => {
  const sandbox = new Sandbox();
  const lock = join(sandbox.root, "locks", "recipe-ci-contract.lock");
  mkdirSync(join(sandbox.root, "tmp"));
  const first = sandbox.start(["doctor", "--contract", "--sandbox"], { TMPDIR: join(sandbox.root, "tmp") });
  await until("it has its turn", () => isHeld(lock), 60_000);
  const second = await sandbox.run(["doctor", "--contract", "--sandbox"]);
  expect(second.code).toBe(69);
  expect(second.stderr).toContain(`another process is at the same work: it holds ${lock}`);
  await first.says("  holds    [E] ");
  first.child.kill("SIGTERM");
  const { code, stdout } = await first.ended;
  expect(code).toBe(143);
  expect(stdout).toMatch(/^recipe-ci \S+, abra version /);
  expect(stdout).toMatch(/^stopped after \d+ assumptions, 0 of which do not hold here$/m);
  await sandbox.close();
});
