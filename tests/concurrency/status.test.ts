import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { app, bedForEach } from "./status-bed.js";

// Of whole runs, alive and killed: status.slow.test.ts.

vi.setConfig({ testTimeout: 90_000 });

const bed = bedForEach();

test("flock(1) holds a lock: its process is named, and nothing that an earlier holder wrote is told of it", () => bed().expectHolderNamed("flock", (lock) => ["--no-fork", lock, "sleep", "600"]));

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
