import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createActor, toPromise } from "xstate";
import { beyondSandbox } from "../../../src/effects/abra/beyond-sandbox.js";
import { createApp } from "../../../src/effects/abra/deploy-verbs.js";
import type { Domain, StackName } from "../../../src/machines/vocabulary.js";
import { failureOf } from "../../support/failure-of.js";

const folders = { server: "servers/default", recipe: "recipes/box" } as const;

/** The failure when abra refuses to create an app. `gone`: a folder of its ABRA_DIR that somebody removes meanwhile. */
const refusal = (fatal: string, gone: string | null = null): Promise<unknown> => {
  const abraDir = mkdtempSync(join(tmpdir(), "recipe-ci-lacks-"));
  onTestFinished(() => rmSync(abraDir, { recursive: true, force: true }));
  for (const folder of Object.values(folders)) mkdirSync(join(abraDir, folder), { recursive: true });
  const abra = async () => {
    if (gone !== null) rmSync(join(abraDir, gone), { recursive: true });
    return { fatal, stdout: "", stderr: "" };
  };
  const app = { recipe: "box", domain: "box-123456.test" as Domain, stack: "box-123456_test" as StackName, commit: "c" };
  const settings = { abra, git: async () => "", abraDir, server: "default", runId: "r", assertOwnEnv: () => undefined };
  return failureOf(toPromise(createActor(createApp(settings), { input: { app, version: { tag: null, commit: "c" } } }).start()));
};

test.each([
  ["open /abra/servers/default/x.env: no space left on device", "host-lacks", 69],
  ["write: disk quota exceeded", "host-lacks", 69],
  ["mkdir /abra: read-only file system", "host-lacks", 69],
  ["Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?", "docker-unreachable", 69],
  ["error during connect: Post http://%2Fvar%2Frun%2Fdocker.sock/v1.41/services/create: EOF", "docker-unreachable", 69],
  ['Error response from daemon: This node is not a swarm manager. Use "docker swarm init"', "no-swarm", 69],
  ["no such recipe", "app-new-failed", 1],
])("when abra gives up with %j, the run fails with %s and exit code %i", async (fatal, code, exitCode) => {
  expect(await refusal(fatal)).toMatchObject({ code, exitCode, message: expect.stringContaining(fatal) as string });
});

test("where abra passes on that the sandbox does not know a thing, the hint says to run the recipe on a Swarm", async () => {
  const said = `FATA ${beyondSandbox("volumes with a driver")}`;
  expect(await refusal(said)).toMatchObject({ code: "app-new-failed", exitCode: 1, hint: "Run it on a Swarm, without --sandbox." });
});

test.each([
  ["the server's folder", "unknown server: default", folders.server],
  ["the run's clone of the recipe", "unable to find recipe box", folders.recipe],
])(
  "when somebody removes %s in mid-run, abra's refusal is a failure of the host, and the hint names the folder",
  async (_, fatal, gone) => {
    expect(await refusal(fatal, gone)).toMatchObject({
      code: "host-lacks",
      exitCode: 69,
      message: expect.stringContaining(fatal) as string,
      hint: expect.stringContaining(`${gone} was removed in mid-run`) as string,
    });
  },
);
