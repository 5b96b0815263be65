import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { isStopped } from "../../src/effects/children/is-stopped.js";
import { until } from "../support/processes.js";
import { app, bedForEach } from "./status-bed.js";

// status.slow.test.ts tests the status of whole runs, alive and killed.

vi.setConfig({ testTimeout: 90_000 });

const bed = bedForEach();

test("if flock(1) holds a lock, status names its process and shows nothing that an earlier holder wrote", () =>
  bed().expectHolderNamed("flock", (lock) => ["--no-fork", lock, "sleep", "600"]));

test("status says that a holder is stopped, and how to let it continue", async () => {
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
