import { renameSync } from "node:fs";
import { expect, test } from "vitest";
import { startProcess } from "../support/children.js";
import { isHeld } from "../support/locks.js";
import { until } from "../support/processes.js";
import { sendSignal } from "../support/signal.js";
import { deploying, neverHealthy } from "./lost-lock-cases.js";
import { inSandbox } from "./stop-cases.js";

// Of a lock that nobody else has: lost-lock.slow.test.ts.
test(
  "a run whose lock file is replaced by another holder's touches nothing of the app any more, and ends with 75",
  { timeout: 90_000 },
  () =>
    inSandbox(neverHealthy, async (sandbox) => {
      const { run, lock } = await deploying(sandbox);
      const other = `${lock}.other`;
      const holder = startProcess("flock", ["--exclusive", other, "sleep", "60"]);
      try {
        await until("the lock is held", () => isHeld(other));
        renameSync(other, lock);
        const { code, stdout } = await run.ended;
        expect(code).toBe(75);
        expect(stdout).toContain("another run owns the app now");
        expect(stdout).not.toContain("tearingDown: undeploying");
        expect(run.record()).toMatchObject({ cause: "lost-lock", cleanliness: null });
        expect(sandbox.leftovers()).not.toEqual([]);
      } finally {
        sendSignal(-holder.pid, "SIGKILL");
      }
      // The lock is free now: what was left belongs to nobody.
      expect((await sandbox.run(["janitor", "--sandbox"])).code).toBe(0);
      expect(sandbox.leftovers()).toEqual([]);
    }),
);
