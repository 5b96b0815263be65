import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { hostSettings } from "../../src/cli/settings/host.js";
import { createHost } from "../../src/cli/wiring/host.js";
import { cookiesOfApp } from "../../src/effects/children/survivors.js";
import { lockPath } from "../../src/effects/lock/lock-file.js";
import { probeLock } from "../../src/effects/lock/probe-lock.js";
import { logForPeople } from "../../src/effects/record/log.js";
import type { Domain } from "../../src/machines/vocabulary.js";
import { expectNoProcesses, processesWith, until } from "../support/processes.js";

test("the holder's sweep finds its own children by the app's lock file, and not those of a run that waits for the lock", async () => {
  const root = mkdtempSync(join(tmpdir(), "waiting-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const domain = "echo-abc123.ci.example.com" as Domain;
  const settings = hostSettings({}, { PATH: process.env["PATH"] ?? "", HOME: root, CCCI_ZONE: "ci.example.com", CCCI_APP_LOCK_DIR: root });
  const host = createHost({ settings, runId: "1", runDir: root, abraDir: root, log: logForPeople(() => undefined), domain: () => domain });
  const scope = host.registry.scope("work");
  onTestFinished(() => expectNoProcesses(host.cookie));
  const lockFile = lockPath(root, domain);
  const startChild = () => scope.run({ file: "sleep", args: ["60"], env: host.env(), limitMs: 60_000, graceMs: 100 });

  const beside = startChild();
  await until("the child of the waiting run lives", () => processesWith("CCCI_RUN_COOKIE", host.cookie).length === 1);
  expect(cookiesOfApp(lockFile)).toEqual([]);

  expect(probeLock(root, domain, host.held, true).kind).toBe("ours");
  const working = startChild();
  await until("the child of the holder lives", () => processesWith("CCCI_RUN_COOKIE", host.cookie).length === 2);
  expect(cookiesOfApp(lockFile)).toEqual([host.cookie]);
  await scope.drain(400);
  await Promise.all([beside, working]);
  host.held.releaseAll();
});
