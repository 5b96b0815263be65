import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect } from "vitest";
import type { StopCause } from "../../src/machines/vocabulary.js";
import type { Started } from "../support/program.js";
import { Sandbox } from "../support/sandbox-run.js";

interface Cause {
  readonly cause: StopCause;
  readonly code: number;
  readonly act: (run: Started) => void;
}

/** How each way to end a run is brought about, and the code that it ends with. */
export const causes: readonly Cause[] = [
  { cause: "TERM", code: 143, act: ({ child }) => void child.kill("SIGTERM") },
  { cause: "INT", code: 130, act: ({ child }) => void child.kill("SIGINT") },
  { cause: "HUP", code: 129, act: ({ child }) => void child.kill("SIGHUP") },
  { cause: "parent", code: 143, act: ({ child }) => void child.kill("SIGKILL") },
  {
    cause: "epipe",
    code: 143,
    act: ({ child }) => {
      child.stdout?.destroy();
      child.stderr?.destroy();
    },
  },
];

interface Moment {
  readonly title: string;
  /** Resolves once the run is there. */
  readonly met: (run: Started) => Promise<unknown>;
  /** What makes it last long enough to be met. */
  readonly faults: readonly object[];
}

const says = (line: string, faults: readonly object[]): Moment => ({ title: line, met: (run) => run.says(line), faults });
const reaches = (title: string, state: string, faults: readonly object[]): Moment => ({ title, met: (run) => run.reaches(state), faults });

/** The states before teardown. Each lasts longer than a busy test is kept from looking; the stop cuts it short. */
export const moments: readonly Moment[] = [
  reaches("prepare", "prepare", [{ when: "docker info", do: "slow:5000" }]),
  reaches("recover", "holding.running.recover", [{ when: "docker network ls", do: "slow:5000" }]),
  says("deploy: creating", [{ when: "abra app new", do: "slow:3000" }]),
  says("deploy: submitting", [{ when: "abra app deploy", do: "slow:3000" }]),
  says("deploy: converging", [{ when: "service app", do: "never-healthy" }]),
  reaches("test", "holding.running.test", [{ when: "docker service ps", do: "slow:1000" }]),
];

export const momentOf = (title: string): Moment => {
  const found = moments.find((moment) => moment.title === title);
  if (found === undefined) throw new RangeError(`no moment is called ${title}`);
  return found;
};

/** Each way in each state: one for each kind of state, and all the others. */
const first = ["TERM in prepare", "parent in deploy: submitting", "TERM in test"];
const pairs = moments.flatMap((moment) =>
  causes.map((cause) => ({ moment, cause, first: first.includes(`${cause.cause} in ${moment.title}`) })),
);
export const firstPairs = pairs.filter(({ first }) => first);
export const otherPairs = pairs.filter(({ first }) => !first);

export const inSandbox = async (faults: readonly object[], act: (sandbox: Sandbox) => Promise<void>): Promise<void> => {
  const sandbox = new Sandbox();
  try {
    writeFileSync(join(sandbox.root, "faults.json"), JSON.stringify(faults));
    await act(sandbox);
  } finally {
    await sandbox.close();
  }
};

/** A dead reader is met at the next line, and where nothing changes that is the heartbeat's: after 30 s if nobody says otherwise. */
export const startRun = (sandbox: Sandbox, runId: string, ...more: readonly string[]): Started =>
  sandbox.start(["run", "echo", "--sandbox", "--run-id", runId, ...more], { RECIPE_CI_HEARTBEAT: "2s" }, runId);
export const startEcho = (sandbox: Sandbox, ...more: readonly string[]): Started => startRun(sandbox, "r", ...more);

const limitMs = 180_000;

/** The record is closed before the process ends; a killed launcher's own end tells nothing of it. */
export const closed = async (run: Started): Promise<NonNullable<ReturnType<Started["record"]>>> => {
  for (const end = Date.now() + limitMs; Date.now() < end; await pause(20)) {
    const record = run.record();
    if (record !== null && record.exitCode !== null) return record;
  }
  throw new Error(`the record was not closed: ${run.output()}`);
};

/** A run that is ended so at such a moment ends with that cause's code, and nothing of its app is left. */
export const expectStopped = ({ moment, cause: { cause, code, act } }: (typeof pairs)[number]): Promise<void> =>
  inSandbox(moment.faults, async (sandbox) => {
    const run = startEcho(sandbox);
    await moment.met(run);
    act(run);
    const record = await closed(run);
    expect(record).toMatchObject({ verdict: "stopped", exitCode: code });
    // With a launcher its pipes may go, and which of the two is seen first is the host's choice.
    expect(cause === "parent" ? ["parent", "epipe"] : [cause]).toContain(record.cause);
    const { code: seen } = await run.ended;
    if (cause !== "parent") expect(seen).toBe(code);
    expect(sandbox.leftovers()).toEqual([]);
  });

/** Every step of the teardown, and what makes it last. */
export const teardownSteps: readonly Moment[] = [
  says("tearingDown: undeploying", [{ when: "abra app undeploy", do: "slow:600" }]),
  says("tearingDown: forcing", [
    { when: "abra app undeploy", do: "exit:1" },
    { when: "docker stack rm", do: "slow:600" },
  ]),
  says("tearingDown: goneWaiting", [{ when: "service app", do: "in-use:1200" }]),
  says("tearingDown: removing.objects", []),
  says("tearingDown: removing.nodes", []),
  says("tearingDown: verifying", []),
  says("reporting", []),
];

/** A run that meets every signal in each of these steps passes all the same, and is clean. */
export const expectDeaf = (...steps: readonly Moment[]): Promise<void> =>
  inSandbox(
    steps.flatMap(({ faults }) => faults),
    async (sandbox) => {
      const run = startEcho(sandbox, "--stages", "install");
      for (const { met } of steps) {
        await met(run);
        for (const signal of ["SIGTERM", "SIGINT", "SIGHUP", "SIGTERM"] as const) run.child.kill(signal);
      }
      const { code } = await run.ended;
      expect(run.record()).toMatchObject({ verdict: "passed", cleanliness: "clean", exitCode: 0 });
      expect(code).toBe(0);
      expect(sandbox.leftovers()).toEqual([]);
    },
  );

/** A run that its deadline cuts in such a moment ends with 142, and nothing of its app is left. */
export const expectOverdue = ({ faults }: Moment, deadline: string): Promise<void> =>
  inSandbox(faults, async (sandbox) => {
    const run = startEcho(sandbox, "--deadline", deadline);
    expect((await run.ended).code).toBe(142);
    expect(run.record()).toMatchObject({ verdict: "stopped", cause: "deadline" });
    expect(sandbox.leftovers()).toEqual([]);
  });
