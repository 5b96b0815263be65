import { join } from "node:path";
import type { Started } from "../support/program.js";
import type { Sandbox } from "../support/sandbox-run.js";

export const neverHealthy = [{ when: "service app", do: "never-healthy" }];

/** A run in the middle of its deploy, and the file of its lock. */
export const deploying = async (sandbox: Sandbox): Promise<{ run: Started; lock: string }> => {
  const run = sandbox.start(["run", "echo", "--sandbox", "--run-id", "r"], {}, "r");
  await run.says("deploy: converging");
  return { run, lock: join(sandbox.root, "locks", `cc-ci-app-${run.record()?.domain ?? ""}.lock`) };
};
