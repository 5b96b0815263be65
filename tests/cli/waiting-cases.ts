import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import type { StopCause } from "../../src/machines/vocabulary.js";
import { isHeld } from "../support/locks.js";
import { until } from "../support/processes.js";
import type { Started } from "../support/program.js";
import { Sandbox } from "../support/sandbox-run.js";
import { sendSignal } from "../support/signal.js";
import { startProcess, type StartedProcess } from "../support/children.js";
import { closed, startEcho, startRun } from "./stop-cases.js";

export interface Queue {
  /** Starts a run of the app, and resolves once it waits. */
  readonly waiting: (runId: string, ...more: readonly string[]) => Promise<Started>;
  readonly isHeld: () => boolean;
  /** A deadline that comes while a run waits, and not on its way there: in seconds, by what such a way has just taken. */
  readonly deadline: () => string;
  /** A run that waits and is ended so ends with that code, and the lock stays the holder's. */
  readonly expectEnded: (cause: StopCause, code: number, act: (run: Started) => void) => Promise<void>;
}

/**
 * One app, for the tests of a describe block, whose lock a plain flock(1) holds; each run that waits for it outlives none of the others.
 */
export const openQueue = (): Queue => {
  const sandbox = new Sandbox();
  let holder: StartedProcess;
  let wayMs = 0;
  beforeAll(async () => {
    const began = performance.now();
    const first = startEcho(sandbox);
    const { domain } = await first.reaches("holding.running");
    wayMs = performance.now() - began;
    first.child.kill("SIGTERM");
    await first.ended;
    const lock = join(sandbox.root, "locks", `cc-ci-app-${domain ?? ""}.lock`);
    holder = startProcess("flock", ["--exclusive", lock, "sleep", "300"]);
    await until("flock has the lock", () => isHeld(lock));
  });
  afterAll(async () => {
    sendSignal(-holder.pid, "SIGKILL");
    await sandbox.close();
  });

  const waiting: Queue["waiting"] = async (runId, ...more) => {
    const run = startRun(sandbox, runId, ...more);
    await run.says("waiting for");
    return run;
  };
  return {
    waiting,
    isHeld: () => !holder.hasEnded(),
    deadline: () => `${Math.max(12, Math.ceil((4 * wayMs) / 1_000))}s`,
    async expectEnded(cause, code, act) {
      const run = await waiting(cause);
      act(run);
      expect(await closed(run)).toMatchObject({ verdict: "stopped", cause, exitCode: code, cleanliness: null });
      await run.ended;
      expect(holder.hasEnded()).toBe(false);
    },
  };
};
