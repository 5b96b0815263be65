import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startProcess } from "../support/children.js";
import { isHeld } from "../support/locks.js";
import { until } from "../support/processes.js";
import type { Started } from "../support/program.js";
import type { Sandbox } from "../support/sandbox-run.js";
import { sendSignal } from "../support/signal.js";
import { inSandbox } from "./stop-cases.js";

const neverHealthy = [{ when: "service app", do: "never-healthy" }];

const deploying = async (sandbox: Sandbox): Promise<{ run: Started; lock: string }> => {
  const run = sandbox.start(["run", "echo", "--sandbox", "--run-id", "r"], {}, "r");
  await run.says("deploy: converging");
  return { run, lock: join(sandbox.root, "locks", `cc-ci-app-${run.record()?.domain ?? ""}.lock`) };
};

test.concurrent("a run whose lock file is replaced under it takes the live one, tears down, and ends with 75", { timeout: 90_000 }, () =>
  inSandbox(neverHealthy, async (sandbox) => {
    const { run, lock } = await deploying(sandbox);
    writeFileSync(`${lock}.new`, "");
    renameSync(`${lock}.new`, lock);
    expect((await run.ended).code).toBe(75);
    expect(run.record()).toMatchObject({ verdict: "stopped", cause: "lost-lock", cleanliness: "clean" });
    expect(sandbox.leftovers()).toEqual([]);
  }));

test.concurrent("a run whose lock file is replaced by another holder's touches nothing of the app any more, and ends with 75", { timeout: 90_000 }, () =>
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
  }));

test.concurrent("a lock folder that is removed while a run tears down leaves nothing that is told of for ever", { timeout: 90_000 }, () =>
  inSandbox([{ when: "abra app undeploy", do: "slow:1500" }], async (sandbox) => {
    const run = sandbox.start(["run", "echo", "--sandbox", "--stages", "install", "--run-id", "r"], {}, "r");
    await run.reaches("holding.tearingDown");
    rmSync(join(sandbox.root, "locks"), { recursive: true });
    expect((await run.ended).code).toBe(0);
    expect((await sandbox.run(["status", "--sandbox", "--json"])).stdout).toBe('{\n  "apps": []\n}\n');
    expect((await sandbox.run(["janitor", "--sandbox"])).stdout).not.toContain("unclaimed");
  }));
