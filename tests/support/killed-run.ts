import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Sandbox } from "./sandbox-run.js";
import { sendSignal } from "./signal.js";

/**
 * Starts a run with the id `killed`, SIGKILLs all its processes in the middle of its tests, and resolves with its app's domain.
 *
 * The program is killed before its launcher: it would notice the launcher's end and begin to tear down. Afterwards the sandbox has no
 * faults set.
 */
export const killRunInTest = async (sandbox: Sandbox, recipe: string): Promise<string> => {
  const faults = join(sandbox.root, "faults.json");
  writeFileSync(faults, JSON.stringify([{ when: "docker service ps", do: "slow:1000" }]));
  const run = sandbox.start(["run", recipe, "--sandbox", "--stages", "install", "--run-id", "killed"], {}, "killed");
  const { pid, domain } = await run.reaches("holding.running.test");
  sendSignal(-pid, "SIGKILL");
  sendSignal(-(run.child.pid ?? 0), "SIGKILL");
  await run.ended;
  rmSync(faults);
  if (domain === null) throw new Error("a run in its tests has no domain");
  return domain;
};
