/**
 * Makes the code cache of the sandbox's engine, by one that starts a service and ends. Whatever of that fails is no error
 * of the build: an engine without a cache starts slower.
 */
import { execa, execaSync } from "execa";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const compose = `version: "3.8"
services:
  app:
    image: local/echo-app:1.0.0
    stop_grace_period: 1s
`;

const limitMs = 5_000;
const apart = { stdin: "ignore", extendEnv: false, reject: false, killSignal: "SIGKILL" };

export const warmEngine = async (root, hash) => {
  const world = mkdtempSync(join(tmpdir(), "recipe-ci-build-"));
  const docker = (...args) =>
    execaSync(join(root, "sandbox/bin/docker"), args, {
      ...apart,
      cwd: world,
      env: { PATH: process.env.PATH, RECIPE_CI_SANDBOX: world },
      timeout: limitMs,
    }).stdout ?? "";
  mkdirSync(join(world, "engine"), { mode: 0o700 });
  const env = { PATH: process.env.PATH, SANDBOX_ENGINE: world, RECIPE_CI_MAKE_CACHE: hash };
  const engine = execa(process.execPath, [join(root, "dist/sandbox/engine-main.cjs")], {
    ...apart,
    cwd: "/",
    env,
    stderr: "ignore",
    buffer: false,
    timeout: 3 * limitMs,
  });
  try {
    // It closes its stdout once it can be asked.
    await once(engine.stdout.resume(), "close");
    writeFileSync(join(world, "compose.yml"), compose);
    docker("stack", "deploy", "--detach=true", "-c", join(world, "compose.yml"), "warm");
    for (const end = Date.now() + limitMs; Date.now() < end && !docker("service", "ls", "--format", "{{.Replicas}}").startsWith("1/1"););
    docker("stack", "rm", "warm");
    process.kill(JSON.parse(readFileSync(join(world, "engine.json"), "utf8")).pid, "SIGTERM");
    await engine;
  } catch {
    engine.kill("SIGKILL");
    await engine;
  } finally {
    rmSync(world, { recursive: true, force: true, maxRetries: 5 });
  }
};
