import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import { listenOnPort } from "../support/engine/daemon.js";
import { Sshd } from "../support/engine/sshd.js";
import { expectNoProcesses, start, temporaryFolder, until, type Started } from "../support/processes.js";
import { testWith, whyNot } from "../support/programs.js";

const needed = ["docker", "ssh", "sshd"] as const;
const test = testWith(...needed);
const isHere = whyNot(...needed) === null;

let sshd: Sshd;
beforeAll(async () => {
  if (isHere) sshd = await Sshd.start("/nonexistent/docker.sock");
});
afterAll(async () => {
  if (isHere) await sshd.close();
});

const launcher = join(process.cwd(), "bin", "recipe-ci");

/** A host that has folders and an abra, and its engine beyond ssh. */
const hostWith = (DOCKER_HOST: string): NodeJS.ProcessEnv => {
  const root = temporaryFolder();
  for (const folder of ["locks", "abra/servers/default"]) mkdirSync(join(root, folder), { recursive: true });
  return {
    ...sshd.env,
    DOCKER_HOST,
    HOME: root,
    CCCI_ZONE: "ssh.test",
    CCCI_APP_LOCK_DIR: join(root, "locks"),
    CCCI_RUNS_DIR: join(root, "runs"),
    CCCI_RECIPES_DIR: join(process.cwd(), "examples", "operator"),
    CCCI_ABRA: join(process.cwd(), "sandbox", "bin", "abra"),
    ABRA_DIR: join(root, "abra"),
  };
};

const silentHost = async (): Promise<NodeJS.ProcessEnv> => hostWith(`ssh://127.0.0.1:${await listenOnPort(createServer())}`);

/** A run that waits for its ssh to connect. */
const runThatWaits = async (): Promise<Started> => {
  const before = sshd.clients().length;
  const run = start(launcher, ["run", "notes", "--src", join(process.cwd(), "examples", "recipes", "notes"), "--run-id", "waits"], {
    env: await silentHost(),
  });
  await until(
    () => `ssh is there: ${run.stdout()}${run.stderr()}`,
    () => sshd.clients().length > before,
    20_000,
  );
  return run;
};

test("at a terminal, with a program that asks for passwords, nobody is asked about a key that is not confirmed", async () => {
  const env = hostWith(sshd.env.DOCKER_HOST);
  const asked = join(env["HOME"] ?? "", "asked");
  writeFileSync(join(env["HOME"] ?? "", "askpass"), `#!/bin/sh\necho "$1" >>${asked}\necho yes\n`, { mode: 0o755 });
  writeFileSync(asked, "");
  sshd.makeKnown("none");
  const askpass = { DISPLAY: ":0", SSH_ASKPASS: join(env["HOME"] ?? "", "askpass"), SSH_ASKPASS_REQUIRE: "force" };
  const doctor = start("script", ["--quiet", "--return", "--command", `${launcher} doctor`, "/dev/null"], { env: { ...env, ...askpass } });
  expect((await doctor.ended).code).toBe(69);
  expect(doctor.stdout()).toMatch(
    /MISSING {2}docker daemon: .*Host key verification failed\.\s+repair: Nobody has confirmed that host's key/,
  );
  expect(doctor.stdout()).not.toMatch(/yes\/no|password:|passphrase for/i);
  expect(readFileSync(asked, "utf8")).toBe("");
  sshd.mend();
});

test.for(["SIGTERM", "SIGINT", "SIGHUP"] as const)("a run whose ssh still connects hears %s, and leaves no ssh", async (signal) => {
  const run = await runThatWaits();
  const stoppedAt = performance.now();
  run.kill(signal);
  expect((await run.ended).code).toBe({ SIGTERM: 143, SIGINT: 130, SIGHUP: 129 }[signal]);
  expect(performance.now() - stoppedAt).toBeLessThan(5_000);
  await expectNoProcesses(() => sshd.living());
});

test("a run that is killed while its ssh connects leaves no ssh", async () => {
  const run = await runThatWaits();
  run.killGroup("SIGKILL");
  await run.ended;
  await expectNoProcesses(() => sshd.living());
});
