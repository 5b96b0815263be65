import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { describeEnd, describeRow } from "../../src/cli/contract/words.js";
import { until } from "../support/processes.js";
import { Sandbox } from "../support/sandbox-run.js";
import { isHeld } from "../support/locks.js";

vi.setConfig({ testTimeout: 60_000 });

// The whole table against the stand-ins is in tests/contract, and through this command against a real engine in tests/swarm.
test("an examination says each assumption with its mark; a stop ends it after its clean-up, and only one is at work at a time", async () => {
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

const row = { chapter: "abra's manners", title: "app ls needs no terminal", mark: "assumed", question: 1, holds: true, difference: null, notExamined: null, ms: 3 };

test("a difference is told with its mark, its question and what was seen, and asks to be sent", () => {
  const differs = { ...row, holds: false, difference: "expected 1 to be 0\nFATA" };
  expect(describeRow(differs)).toBe("  DIFFERS  [assumed, question 1] app ls needs no terminal\n             expected 1 to be 0\n             FATA");
  expect(describeEnd([differs, row], true)).toContain("2 assumptions, 1 of them do not hold here");
});

test("what this host lacks the means for is told as not examined, with the reason, and holds nowhere", () => {
  const unknown = { ...row, holds: null, notExamined: "this Swarm has no backup service" };
  expect(describeRow(unknown)).toBe("  not examined [assumed, question 1] app ls needs no terminal\n             this Swarm has no backup service");
  expect(describeEnd([unknown, row, row], true)).toBe("2 assumptions, all of them hold here. Please send us this, it raises their marks. 1 more could not be examined here; above stands why.");
});
