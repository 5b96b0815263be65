import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { isStopped } from "../../src/effects/children/is-stopped.js";
import { until } from "../support/processes.js";
import { app, bedForEach } from "./status-bed.js";

// Of whole runs, alive and killed: status.slow.test.ts.

vi.setConfig({ testTimeout: 90_000 });

const bed = bedForEach();

test("flock(1) holds a lock: its process is named, and nothing that an earlier holder wrote is told of it", () =>
  bed().expectHolderNamed("flock", (lock) => ["--no-fork", lock, "sleep", "600"]));

test("a holder that is stopped is told as that, with what lets it go on", async () => {
  const { pid, kill } = await bed().hold("flock", (lock) => ["--no-fork", lock, "sleep", "600"]);
  kill("SIGSTOP");
  await until("it is stopped", () => isStopped(pid));
  expect(await bed().status()).toMatchObject([{ domain: app, state: "held", holder: { pid, stopped: true } }]);
  const told = `its process is stopped and keeps the app; kill -CONT ${pid} lets it go on`;
  expect((await bed().sandbox.run(["status", "--sandbox"])).stdout).toContain(told);
  kill("SIGCONT");
  await until("it goes on", () => !isStopped(pid));
  expect((await bed().sandbox.run(["status", "--sandbox"])).stdout).not.toContain(told);
});

test("an app whose reaps failed is dirty, and the janitor says when it is tried again", async () => {
  bed().leaveEnv();
  mkdirSync(join(bed().sandbox.root, "runs", "apps"), { recursive: true });
  const nextTry = new Date(Date.now() + 3_600_000).toISOString();
  writeFileSync(join(bed().sandbox.root, "runs", "apps", `${app}.json`), JSON.stringify({ last: null, failedReaps: 2, nextTry }));
  expect(await bed().status()).toMatchObject([{ domain: app, state: "dirty" }]);
  const { code, stdout } = await bed().sandbox.run(["janitor", "--sandbox"]);
  expect(stdout).toContain(`reaping failed 2 times; next try at ${nextTry}`);
  expect(code).toBe(3);
});
