import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { startSilent } from "../support/children.js";
import { commandOf } from "../support/drone/processes.js";
import { processesWith, until } from "../support/processes.js";
import type { Started } from "../support/program.js";
import { Sandbox } from "../support/sandbox-run.js";
import { isEngines } from "../support/worlds/sandbox-world.js";

/** Where a run is when the signals come, and the fault that keeps a child of it alive there. */
export const phases: readonly (readonly [string, string])[] = [
  ["prepare", "git clone"],
  ["deploy: creating", "abra app new"],
  ["deploy: configuring", "abra app secret generate"],
  ["deploy: submitting", "abra app deploy"],
];

const slowIn = (phase: string): string => phases.find(([name]) => name === phase)?.[1] ?? "";

const slowClone = `#!/bin/sh
[ "$1" != clone ] || sleep 8
PATH=\${PATH#*:} exec git "$@"
`;

const inSandbox = async (slow: string, act: (run: Started, sandbox: Sandbox) => Promise<void>): Promise<void> => {
  const sandbox = new Sandbox();
  try {
    writeFileSync(join(sandbox.root, "faults.json"), JSON.stringify([{ when: slow, do: "slow:8000" }]));
    const bin = join(sandbox.root, "bin");
    mkdirSync(bin);
    if (slow === "git clone") writeFileSync(join(bin, "git"), slowClone, { mode: 0o755 });
    const env = { PATH: `${bin}:${process.env["PATH"] ?? ""}` };
    await act(sandbox.start(["run", "notes", "--sandbox", "--stages", "install", "--run-id", "r"], env, "r"), sandbox);
  } finally {
    await sandbox.close();
  }
};

const childrenOfRun = (run: Started): readonly number[] =>
  processesWith("CCCI_RUN_COOKIE", run.record()?.cookie ?? "none yet").filter((pid) => !isEngines(pid));

/** Signals the first ones, then the others after the pause; by a shell, since a busy test process would pause for longer. */
const signalInOrder = (signal: NodeJS.Signals, first: readonly number[], then: readonly number[] = []): void => {
  // `kill 0` is our own group, and with it this suite.
  if ([...first, ...then].some((pid) => pid < 2)) throw new RangeError(`${signal} for ${[...first, ...then].join(" ")}`);
  const kill = (pids: readonly number[]): string => (pids.length === 0 ? ":" : `kill -${signal.slice(3)} ${pids.join(" ")} 2>/dev/null`);
  startSilent("sh", ["-c", `${kill(first)}; sleep 0.015; ${kill(then)}`]);
};

/** Resolves with the children of a run once the slow one is among them. */
const slowed = async (run: Started, slow: string): Promise<readonly number[]> => {
  const words = slow.slice(slow.indexOf(" ") + 1);
  await until(`a child that does ${slow}`, () => childrenOfRun(run).some((pid) => commandOf(pid).includes(words)), 60_000);
  return childrenOfRun(run);
};

const codes = { SIGTERM: 143, SIGINT: 130, SIGHUP: 129 } as const;

/** Signals for everybody that reach the children 15 ms before the run: a stop, and no failure of the recipe or the host. */
export const stopsAll = (phase: string, signal: keyof typeof codes): Promise<void> => {
  const slow = slowIn(phase);
  return inSandbox(slow, async (run, sandbox) => {
    signalInOrder(signal, await slowed(run, slow), [run.record()?.pid ?? 0, run.child.pid ?? 0]);
    expect((await run.ended).code).toBe(codes[signal]);
    expect(run.record()).toMatchObject({ verdict: "stopped", cause: signal.slice(3) });
    expect(sandbox.leftovers()).toEqual([]);
  });
};

/** A signal for the children alone: 69, with the child and the signal named. */
export const killsChild = (phase: string): Promise<void> => {
  const slow = slowIn(phase);
  return inSandbox(slow, async (run, sandbox) => {
    signalInOrder("SIGTERM", await slowed(run, slow));
    const { code, stdout } = await run.ended;
    expect(code).toBe(69);
    expect(stdout).toMatch(/(?:abra|git) .*was killed by SIGTERM, which recipe-ci did not send/);
    expect(sandbox.leftovers()).toEqual([]);
  });
};

export const killsTeardown = (): Promise<void> =>
  inSandbox("abra app undeploy", async (run, sandbox) => {
    signalInOrder("SIGTERM", await slowed(run, "abra app undeploy"));
    expect((await run.ended).code).toBe(0);
    expect(run.record()).toMatchObject({ verdict: "passed", cleanliness: "clean" });
    expect(sandbox.leftovers()).toEqual([]);
  });
