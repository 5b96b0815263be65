import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createActor, toPromise } from "xstate";
import { createApp } from "../../../src/effects/abra/deploy-verbs.js";
import type { Domain, StackName } from "../../../src/machines/vocabulary.js";

test.each([
  ["open /abra/servers/default/x.env: no space left on device", "host-lacks", 69],
  ["write: disk quota exceeded", "host-lacks", 69],
  ["mkdir /abra: read-only file system", "host-lacks", 69],
  ["no such recipe", "app-new-failed", 1],
])("abra's %j is %s, with exit code %i", async (fatal, code, exitCode) => {
  const abraDir = mkdtempSync(join(tmpdir(), "recipe-ci-lacks-"));
  onTestFinished(() => rmSync(abraDir, { recursive: true, force: true }));
  const abra = async () => ({ fatal, stdout: "", stderr: "" });
  const app = { recipe: "box", domain: "box-123456.test" as Domain, stack: "box-123456_test" as StackName, commit: "c" };
  const settings = { abra, git: async () => "", abraDir, server: "default", runId: "r", assertOwnEnv: () => undefined };
  await expect(toPromise(createActor(createApp(settings), { input: { app, version: { tag: null, commit: "c" } } }).start())).rejects.toMatchObject({ code, exitCode, message: expect.stringContaining(fatal) as string });
});
