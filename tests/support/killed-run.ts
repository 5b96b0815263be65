import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Sandbox } from "./sandbox-run.js";
import { sendSignal } from "./signal.js";

/**
 * A run, called `killed`, of which everything was SIGKILLed in the middle of its tests; resolves with its app's domain.
 *
 * The program goes before its launcher, whose end it would see and begin to tear down. The sandbox has no faults afterwards.
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
