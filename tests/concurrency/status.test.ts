import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { AppState } from "../../src/effects/status/app-states.js";
import { startSilent, type Child } from "../support/children.js";
import { isHeld } from "../support/locks.js";
import { killRunInTest } from "../support/killed-run.js";
import { until } from "../support/processes.js";
import { Sandbox } from "../support/sandbox-run.js";
import { testWith, type Extra } from "../support/programs.js";

vi.setConfig({ testTimeout: 90_000 });

let sandbox: Sandbox;
const holders: Child[] = [];
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(async () => {
  for (const holder of holders.splice(0)) await holder.end();
  await sandbox.close();
});

const app = "echo-00000a.sandbox.localhost";
const lockOf = (domain: string): string => join(sandbox.root, "locks", `cc-ci-app-${domain}.lock`);

const status = async (): Promise<readonly AppState[]> => {
  const { code, stdout } = await sandbox.run(["status", "--sandbox", "--json"]);
  expect(code).toBe(0);
  return (JSON.parse(stdout) as { readonly apps: readonly AppState[] }).apps;
};

/** Holds an app's lock as a program other than recipe-ci does, which writes no card. */
const holdElsewhere = async (file: string, args: (lock: string) => readonly string[]): Promise<number> => {
  mkdirSync(join(sandbox.root, "locks"), { recursive: true });
  const holder = startSilent(file, args(lockOf(app)));
  holders.push(holder);
  await until("the lock is held", () => isHeld(lockOf(app)));
  return holder.pid;
};

const python = "import fcntl, sys, time; f = open(sys.argv[1], 'a+'); fcntl.flock(f, fcntl.LOCK_EX); time.sleep(600)";

test("a live run is told as the holder, with its state, and those behind it in order", async () => {
  writeFileSync(join(sandbox.root, "faults.json"), JSON.stringify([{ when: "service app", do: "never-healthy" }]));
  const first = sandbox.start(["run", "echo", "--sandbox", "--run-id", "first"], {}, "first");
  await first.says("deploy: converging");
  const second = sandbox.start(["run", "echo", "--sandbox", "--run-id", "second"], {}, "second");
  await second.says("held by run first");
  const third = sandbox.start(["run", "echo", "--sandbox", "--run-id", "third"], {}, "third");
  await third.says("held by run first");
  await until("both wait in the kernel's queue", async () => (await status())[0]?.waiters.length === 2);
  expect(await status()).toMatchObject([
    {
      state: "held",
      holder: { pid: first.record()?.pid, runId: "first", state: "holding.running.deploy", deadline: first.record()?.deadline },
      waiters: [{ runId: "second" }, { runId: "third" }],
    },
  ]);
  for (const run of [third, second, first]) run.child.kill("SIGTERM");
  await Promise.all([first.ended, second.ended, third.ended]);
  expect(await status()).toMatchObject([{ state: "free", holder: null, waiters: [], last: { runId: "first", verdict: "stopped", cleanliness: "clean" } }]);
});

const others: readonly [name: string, needs: readonly Extra[], file: string, args: (lock: string) => string[]][] = [
  ["flock(1)", [], "flock", (lock) => ["--no-fork", lock, "sleep", "600"]],
  ["python's fcntl", ["python3"], "python3", (lock) => ["-c", python, lock]],
];
for (const [name, needs, file, args] of others) testWith(...needs)(`${name} holds a lock: its process is named, and nothing that an earlier holder wrote is told of it`, async () => {
  mkdirSync(join(sandbox.root, "locks"), { recursive: true });
  writeFileSync(lockOf(app), JSON.stringify({ runId: "long-gone", pid: 2 ** 22 - 1, runDir: null, link: null, since: null }));
  const pid = await holdElsewhere(file, args);
  expect(await status()).toMatchObject([{ domain: app, state: "held", holder: { pid, runId: null, state: null }, waiters: [] }]);
  mkdirSync(join(sandbox.root, "abra", "servers", "default"), { recursive: true });
  writeFileSync(join(sandbox.root, "abra", "servers", "default", `${app}.env`), "TYPE=echo\n");
  expect((await sandbox.run(["janitor", "--sandbox"])).stdout).toContain("its lock is held by a live process");
});

test("what a killed run left is an orphan until it is reaped, and how it ended is kept", async () => {
  const domain = await killRunInTest(sandbox, "echo");
  expect(await status()).toMatchObject([{ domain, state: "orphan", holder: null }]);
  await sandbox.run(["janitor", "--sandbox"]);
  expect(await status()).toEqual([]);
});

test("an app whose reaps failed is dirty, and the janitor says when it is tried again", async () => {
  mkdirSync(join(sandbox.root, "abra", "servers", "default"), { recursive: true });
  writeFileSync(join(sandbox.root, "abra", "servers", "default", `${app}.env`), "TYPE=echo\n");
  mkdirSync(join(sandbox.root, "runs", "apps"), { recursive: true });
  const nextTry = new Date(Date.now() + 3_600_000).toISOString();
  writeFileSync(join(sandbox.root, "runs", "apps", `${app}.json`), JSON.stringify({ last: null, failedReaps: 2, nextTry }));
  expect(await status()).toMatchObject([{ domain: app, state: "dirty" }]);
  const { code, stdout } = await sandbox.run(["janitor", "--sandbox"]);
  expect(stdout).toContain(`reaping failed 2 times; next try at ${nextTry}`);
  expect(code).toBe(3);
});
