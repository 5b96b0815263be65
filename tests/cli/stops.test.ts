import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { StopCause } from "../../src/machines/vocabulary.js";
import type { Started } from "../support/program.js";
import { Sandbox } from "../support/sandbox-run.js";

/** How each way to end a run is brought about, and the code that it ends with. */
const causes: Readonly<Record<Exclude<StopCause, "deadline" | "lost-lock">, { code: number; act: (run: Started) => void }>> = {
  TERM: { code: 143, act: ({ child }) => void child.kill("SIGTERM") },
  INT: { code: 130, act: ({ child }) => void child.kill("SIGINT") },
  HUP: { code: 129, act: ({ child }) => void child.kill("SIGHUP") },
  parent: { code: 143, act: ({ child }) => void child.kill("SIGKILL") },
  epipe: {
    code: 143,
    act: ({ child }) => {
      child.stdout?.destroy();
      child.stderr?.destroy();
    },
  },
};

/** States before teardown, each with the fault that makes it last long enough to be met. */
const states: readonly (readonly [string, string, readonly object[]])[] = [
  ["prepare", "prepare", [{ when: "docker info", do: "slow:1200" }]],
  ["recover", "holding.running.recover", [{ when: "docker network ls", do: "slow:700" }]],
  ["deploy: creating", "holding.running.deploy", [{ when: "abra app new", do: "slow:1000" }]],
  ["deploy: submitting", "holding.running.deploy", [{ when: "abra app deploy", do: "slow:1000" }]],
  ["deploy: converging", "holding.running.deploy", [{ when: "service app", do: "never-healthy" }]],
  ["test", "holding.running.test", [{ when: "docker service inspect", do: "slow:500" }]],
];

const steps: Readonly<Record<string, string>> = { "deploy: creating": "deploy: creating", "deploy: submitting": "deploy: submitting", "deploy: converging": "deploy: converging" };

const inSandbox = async (faults: readonly object[], act: (sandbox: Sandbox) => Promise<void>): Promise<void> => {
  const sandbox = new Sandbox();
  try {
    writeFileSync(join(sandbox.root, "faults.json"), JSON.stringify(faults));
    await act(sandbox);
  } finally {
    await sandbox.close();
  }
};

const start = (sandbox: Sandbox, ...more: readonly string[]): Started => sandbox.start(["run", "echo", "--sandbox", "--run-id", "r", ...more], {}, "r");

/** A dead reader is met at the next line, and where nothing changes that is the heartbeat's, after 30 s. ms */
const heartbeatMs = 30_000;

/** The record is closed before the process ends; a killed launcher's own end tells nothing of it. */
const closed = async (run: Started): Promise<NonNullable<ReturnType<Started["record"]>>> => {
  for (const end = Date.now() + heartbeatMs + 30_000; Date.now() < end; await pause(20)) {
    const record = run.record();
    if (record !== null && record.exitCode !== null) return record;
  }
  throw new Error(`the record was not closed: ${run.output()}`);
};

describe.concurrent("before teardown", { timeout: 90_000 }, () => {
  for (const [title, state, faults] of states) {
    for (const [cause, { code, act }] of Object.entries(causes)) {
      test(`${cause} in ${title} ends the run with ${code}, and nothing of the app is left`, () =>
        inSandbox(faults, async (sandbox) => {
          const run = start(sandbox);
          if (steps[title] !== undefined) await run.says(steps[title]);
          else await run.reaches(state);
          act(run);
          const record = await closed(run);
          expect(record).toMatchObject({ verdict: "stopped", cause, exitCode: code });
          const { code: seen } = await run.ended;
          if (cause !== "parent") expect(seen).toBe(code);
          expect(sandbox.leftovers()).toEqual([]);
        }));
    }
  }

  for (const [title, , faults] of states.filter(([name]) => name === "prepare" || name === "deploy: converging")) {
    test(`the deadline in ${title} ends the run with 142`, () =>
      inSandbox(faults, async (sandbox) => {
        const run = start(sandbox, "--deadline", title === "prepare" ? "900ms" : "3s");
        expect((await run.ended).code).toBe(142);
        expect(run.record()).toMatchObject({ verdict: "stopped", cause: "deadline" });
        expect(sandbox.leftovers()).toEqual([]);
      }));
  }
});

describe.concurrent("while it waits for the lock", { timeout: 90_000 }, () => {
  /** A run that waits for a plain flock(1), which outlives it. */
  const whileItWaits = (more: readonly string[], act: (run: Started) => Promise<void>): Promise<void> =>
    inSandbox([], async (sandbox) => {
      const first = start(sandbox);
      const { domain } = await first.reaches("holding.running.recover");
      await first.ended;
      const lock = join(sandbox.root, "locks", `cc-ci-app-${domain ?? ""}.lock`);
      const holder = spawn("flock", ["--exclusive", lock, "sleep", "60"], { stdio: "ignore", detached: true });
      try {
        const run = sandbox.start(["run", "echo", "--sandbox", "--run-id", "waits", ...more], {}, "waits");
        await run.says("waiting for");
        await act(run);
        expect(holder.exitCode).toBe(null);
      } finally {
        process.kill(-(holder.pid ?? 0), "SIGKILL");
      }
    });

  for (const [cause, { code, act }] of Object.entries(causes)) {
    test(`${cause} ends the run with ${code}, and the lock stays the holder's`, () =>
      whileItWaits([], async (run) => {
        act(run);
        expect(await closed(run)).toMatchObject({ verdict: "stopped", cause, exitCode: code, cleanliness: null });
        await run.ended;
      }));
  }

  test("the deadline ends the run with 142, and the lock stays the holder's", () =>
    whileItWaits(["--deadline", "6s"], async (run) => {
      expect((await run.ended).code).toBe(142);
      expect(run.record()).toMatchObject({ verdict: "stopped", cause: "deadline", cleanliness: null });
    }));

  test("patience ends after --lock-timeout: the run is red with 75 and says for whom it waited", () =>
    whileItWaits(["--lock-timeout", "1s"], async (run) => {
      expect((await run.ended).code).toBe(75);
      expect(run.record()).toMatchObject({ cleanliness: null, exitCode: 75 });
    }));
});

/** Every step of the teardown, and what makes it last. */
const teardownSteps: readonly (readonly [string, readonly object[]])[] = [
  ["tearingDown: undeploying", [{ when: "abra app undeploy", do: "slow:600" }]],
  ["tearingDown: forcing", [{ when: "abra app undeploy", do: "exit:1" }, { when: "docker stack rm", do: "slow:600" }]],
  ["tearingDown: goneWaiting", [{ when: "service app", do: "in-use:1200" }]],
  ["tearingDown: removing.volumes", [{ when: "abra app volume remove", do: "slow:600" }]],
  ["tearingDown: removing.secrets", [{ when: "abra app secret remove", do: "slow:600" }]],
  ["tearingDown: removing.app", [{ when: "abra app remove", do: "slow:600" }]],
  ["tearingDown: removing.leftovers", []],
  ["tearingDown: verifying", []],
  ["reporting", []],
];

describe.concurrent("in teardown and after", { timeout: 90_000 }, () => {
  for (const [step, faults] of teardownSteps) {
    test(`every signal in "${step}" is noted and changes nothing: the run passes and is clean`, () =>
      inSandbox(faults, async (sandbox) => {
        const run = start(sandbox, "--stages", "install");
        await run.says(step);
        for (const signal of ["SIGTERM", "SIGINT", "SIGHUP", "SIGTERM"] as const) run.child.kill(signal);
        const { code } = await run.ended;
        expect(run.record()).toMatchObject({ verdict: "passed", cleanliness: "clean", exitCode: 0 });
        expect(code).toBe(0);
        expect(sandbox.leftovers()).toEqual([]);
      }));
  }

  test("a launcher that dies during teardown does not stop it", () =>
    inSandbox([{ when: "abra app undeploy", do: "slow:600" }], async (sandbox) => {
      const run = start(sandbox, "--stages", "install");
      await run.says("tearingDown: undeploying");
      run.child.kill("SIGKILL");
      expect(await closed(run)).toMatchObject({ verdict: "passed", cleanliness: "clean", exitCode: 0 });
      expect(sandbox.leftovers()).toEqual([]);
    }));

  test("a reader that stalls stops neither the teardown nor the end of the process", () =>
    inSandbox([{ when: "docker service ps", do: "slow:300" }], async (sandbox) => {
      const run = start(sandbox, "--stages", "install");
      await run.reaches("holding.running.test");
      run.child.stdout?.pause();
      run.child.kill("SIGTERM");
      expect(await closed(run)).toMatchObject({ verdict: "stopped", cause: "TERM", cleanliness: "clean" });
      run.child.stdout?.resume();
      expect((await run.ended).code).toBe(143);
    }));

  test("the second of two stops does not change the first one's code", () =>
    inSandbox([], async (sandbox) => {
      const run = start(sandbox);
      await run.reaches("holding.running.deploy");
      run.child.kill("SIGINT");
      run.child.kill("SIGTERM");
      const { code } = await run.ended;
      expect([130, 143]).toContain(code);
      expect(run.record()?.exitCode).toBe(code);
      expect(sandbox.leftovers()).toEqual([]);
    }));
});
