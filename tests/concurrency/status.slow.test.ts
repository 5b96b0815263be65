import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { killRunInTest } from "../support/killed-run.js";
import { until } from "../support/processes.js";
import { testWith } from "../support/programs.js";
import { bedForEach } from "./status-bed.js";

const bed = bedForEach();

test("status names a live run as the holder, with its state, and lists the waiters in order", async () => {
  writeFileSync(join(bed().sandbox.root, "faults.json"), JSON.stringify([{ when: "service app", do: "never-healthy" }]));
  const first = bed().sandbox.start(["run", "echo", "--sandbox", "--run-id", "first"], {}, "first");
  await first.says("deploy: converging");
  const second = bed().sandbox.start(["run", "echo", "--sandbox", "--run-id", "second"], {}, "second");
  await second.says("held by run first");
  const third = bed().sandbox.start(["run", "echo", "--sandbox", "--run-id", "third"], {}, "third");
  await third.says("held by run first");
  await until("both wait in the kernel's queue", async () => (await bed().status())[0]?.waiters.length === 2);
  expect(await bed().status()).toMatchObject([
    {
      state: "held",
      holder: { pid: first.record()?.pid, runId: "first", state: "holding.running.deploy", deadline: first.record()?.deadline },
      waiters: [{ runId: "second" }, { runId: "third" }],
    },
  ]);
  for (const run of [third, second, first]) run.child.kill("SIGTERM");
  await Promise.all([first.ended, second.ended, third.ended]);
  expect(await bed().status()).toMatchObject([
    { state: "free", holder: null, waiters: [], last: { runId: "first", verdict: "stopped", cleanliness: "clean" } },
  ]);
});

test("a killed run's app is listed as an orphan until it is reaped; how the run ended is still shown afterwards", async () => {
  const domain = await killRunInTest(bed().sandbox, "echo");
  expect(await bed().status()).toMatchObject([{ domain, state: "orphan", holder: null }]);
  await bed().sandbox.run(["janitor", "--sandbox"]);
  expect(await bed().status()).toEqual([]);
});

const python = "import fcntl, sys, time; f = open(sys.argv[1], 'a+'); fcntl.flock(f, fcntl.LOCK_EX); time.sleep(600)";
testWith("python3")("python's fcntl holds a lock: its process is named, and nothing that an earlier holder wrote is told of it", () =>
  bed().expectHolderNamed("python3", (lock) => ["-c", python, lock]),
);

test("if somebody has planted thousands of lock files, status reads some of them and says how many more there are", async () => {
  const locks = join(bed().sandbox.root, "locks");
  mkdirSync(locks);
  for (let index = 0; index < 1_200; index += 1)
    writeFileSync(join(locks, `cc-ci-app-echo-${index.toString(16).padStart(6, "0")}.sandbox.localhost.lock`), "");
  const { code, stdout, stderr } = await bed().sandbox.run(["status", "--sandbox", "--json"]);
  expect(code).toBe(0);
  const { apps, warnings } = JSON.parse(stdout) as { readonly apps: readonly unknown[]; readonly warnings: readonly string[] };
  expect(apps).toHaveLength(1_000);
  expect(warnings).toEqual([expect.stringContaining("200 more lock files without an app were not read")]);
  expect(stderr).toContain(warnings[0]);
});
