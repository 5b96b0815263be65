import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { killRunInTest } from "../support/killed-run.js";
import { isHeld } from "../support/locks.js";
import { inSandbox } from "./stop-cases.js";

test.concurrent(
  "two runs of one app: the second waits, visibly and for whom, then runs; both are green, each with one deploy",
  { timeout: 90_000 },
  () =>
    inSandbox([], async (sandbox) => {
      const first = sandbox.start(["run", "echo", "--sandbox", "--stages", "install", "--run-id", "first"], {}, "first");
      await first.reaches("holding.running.deploy");
      const second = sandbox.start(["run", "echo", "--sandbox", "--stages", "install", "--run-id", "second"], {}, "second");
      await second.says("held by run first");
      // By their folders others know that both live, in whatever pid namespace they look.
      expect(["first", "second"].map((id) => isHeld(join(sandbox.root, "runs", id)))).toEqual([true, true]);
      const [one, two] = await Promise.all([first.ended, second.ended]);
      expect([one.code, two.code]).toEqual([0, 0]);
      expect([first.record()?.deploys, second.record()?.deploys]).toEqual([1, 1]);
      const [tornDown, recovered] = [
        first.record()?.finishedAt ?? "",
        second.record()?.phases.find(({ name }) => name === "recover")?.startedAt ?? "",
      ];
      expect(recovered >= tornDown.slice(0, 19)).toBe(true);
      // The first left nothing and nobody: its cookie on the lock's card is no reason for a teardown.
      expect(readFileSync(join(sandbox.root, "runs", "second", "events.jsonl"), "utf8")).not.toContain("recover.cleaning");
      expect(sandbox.leftovers()).toEqual([]);
    }),
);

test.concurrent(
  "a run whose whole group is SIGKILLed in its tests leaves its app; the next run cleans it first and says how it ended",
  { timeout: 90_000 },
  () =>
    inSandbox([], async (sandbox) => {
      await killRunInTest(sandbox, "echo");
      expect(sandbox.leftovers()).not.toEqual([]);
      const next = await sandbox.run(["run", "echo", "--sandbox", "--stages", "install", "--run-id", "next"]);
      expect(next.stdout).toMatch(/the last run of this app, killed, .*was killed in test/);
      expect(next.code).toBe(0);
      expect(sandbox.leftovers()).toEqual([]);
    }),
);
