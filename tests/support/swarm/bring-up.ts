import { closeSync, openSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { ask, must, startSilent, type Child } from "../children.js";

const answers = (...args: readonly string[]): boolean => ask("docker", args).code === 0;

const isRoot = (): boolean => process.getuid?.() === 0;

const installed = (program: string): boolean => ask("sh", ["-c", `command -v ${program}`]).code === 0;

const installMs = 20 * 60_000;

const installEngine = (): void => {
  if (!isRoot()) throw new Error("the Swarm suite needs a running docker daemon, or root on Debian to install docker.io and start one");
  if (!installed("apt-get")) throw new Error("the Swarm suite needs dockerd, and there is no apt-get to install docker.io with");
  must("apt-get", ["update", "-qq"], { limitMs: installMs });
  must("apt-get", ["install", "-y", "-qq", "docker.io"], { limitMs: installMs });
};

const startDaemon = async (): Promise<Child> => {
  if (!installed("dockerd")) installEngine();
  if (!isRoot()) throw new Error("no docker daemon answers, and starting one needs root");
  const log = openSync("/tmp/recipe-ci-dockerd.log", "a");
  const daemon = startSilent("dockerd", [], { output: log });
  closeSync(log);
  for (let attempt = 0; attempt < 150; attempt += 1) {
    if (answers("info")) return daemon;
    if (daemon.hasEnded()) break;
    await pause(200);
  }
  throw new Error("dockerd did not come up within 30 s: see /tmp/recipe-ci-dockerd.log");
};

const stopDaemon = async (daemon: Child): Promise<void> => {
  if (daemon.hasEnded()) return;
  daemon.kill("SIGTERM");
  await daemon.ends(60_000);
};

/**
 * A one-node Swarm on this machine, started only if none answers. The returned function stops what this call
 * started, and nothing else. Throws, naming what is missing, where that cannot be done: never a skipped suite.
 */
export const ensureSwarm = async (): Promise<() => Promise<void>> => {
  if (!installed("docker")) installEngine();
  const daemon = answers("info") ? null : await startDaemon();
  if (ask("docker", ["info", "--format", "{{.Swarm.LocalNodeState}}"]).stdout !== "active") {
    must("docker", ["swarm", "init", "--advertise-addr", "127.0.0.1"]);
  }
  return async () => {
    if (daemon !== null) await stopDaemon(daemon);
  };
};

/** The examples' images, built FROM scratch by the real docker; quick when they are there already. */
export const ensureImages = (): void => void must("sh", ["examples/images/build.sh", "docker"]);

/** The abra that the suite drives: the one on PATH, else the stand-in over the real docker. */
export const whichAbra = (): { path: string; name: string } => {
  const found = ask("sh", ["-c", "command -v abra"]).stdout;
  return found === ""
    ? { path: `${process.cwd()}/sandbox/bin/abra`, name: "the stand-in abra (no real abra on PATH)" }
    : { path: found, name: `the abra at ${found}` };
};
