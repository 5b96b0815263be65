import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { deploying, neverHealthy } from "./lost-lock-cases.js";
import { inSandbox } from "./stop-cases.js";

test.concurrent("a run whose lock file is replaced under it takes the live one, tears down, and ends with 75", () =>
  inSandbox(neverHealthy, async (sandbox) => {
    const { run, lock } = await deploying(sandbox);
    writeFileSync(`${lock}.new`, "");
    renameSync(`${lock}.new`, lock);
    expect((await run.ended).code).toBe(75);
    expect(run.record()).toMatchObject({ verdict: "stopped", cause: "lost-lock", cleanliness: "clean" });
    expect(sandbox.leftovers()).toEqual([]);
  }));

test.concurrent("a lock folder that is removed while a run tears down leaves nothing that is told of for ever", () =>
  inSandbox([{ when: "abra app undeploy", do: "slow:5000" }], async (sandbox) => {
    const run = sandbox.start(["run", "echo", "--sandbox", "--stages", "install", "--run-id", "r"], {}, "r");
    await run.reaches("holding.tearingDown");
    rmSync(join(sandbox.root, "locks"), { recursive: true });
    expect((await run.ended).code).toBe(0);
    expect((await sandbox.run(["status", "--sandbox", "--json"])).stdout).toBe('{\n  "apps": []\n}\n');
    expect((await sandbox.run(["janitor", "--sandbox"])).stdout).not.toContain("unclaimed");
  }));
