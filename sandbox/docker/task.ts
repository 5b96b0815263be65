import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, existsSync, openSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { program, watchHealth } from "./health.js";
import { findImage } from "./images.js";
import { makeRootfs } from "./rootfs.js";
import { get, killGroup, newId, put, worldPath, type Container, type ServiceSpec } from "./world.js";

export interface Task {
  readonly id: string;
  readonly version: number;
  readonly faults: readonly string[];
  /** Running, and well if it has a health check. */
  readonly isUp: () => boolean;
  readonly upForMs: () => number;
  readonly hasEnded: () => boolean;
  readonly isStopping: () => boolean;
  readonly exitCode: () => number | null;
  /** TERM, then KILL after the grace. Resolves when the process is gone. */
  readonly stop: (graceMs: number) => Promise<void>;
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });

const crash = ["node", "-e", "console.error('crash-loop: told to exit'); process.exit(1)"];

const firstRecord = (spec: ServiceSpec, slot: number): Container => {
  const id = newId() + newId();
  return {
    id,
    name: `${spec.name}.${slot}.${id.slice(0, 25)}`,
    labels: {
      ...spec.containerLabels,
      "com.docker.stack.namespace": spec.stack,
      "com.docker.swarm.service.id": spec.id,
      "com.docker.swarm.service.name": spec.name,
      "com.docker.swarm.task.id": id.slice(0, 25),
    },
    service: spec.name,
    serviceId: spec.id,
    stack: spec.stack,
    image: spec.image,
    slot,
    version: spec.version,
    pid: null,
    state: "starting",
    desired: "Running",
    error: null,
    exitCode: null,
    ports: {},
    volumes: Object.keys(spec.volumes),
    networks: spec.networks,
    startedAt: Date.now(),
    since: Date.now(),
    removeAt: null,
  };
};

/** The engine's words for an end: none when the program left with 0, even if it was made to. */
const errorOf = (code: number, unhealthy: boolean): string | null =>
  code === 0 ? null : `"task: non-zero exit (${code})${unhealthy ? ": dockerexec: unhealthy container" : ""}"`;

const signalCodes: Readonly<Partial<Record<NodeJS.Signals, number>>> = { SIGKILL: 137, SIGTERM: 143, SIGINT: 130 };

/**
 * Starts one task of a service: a container's record, a process, its health. All that a listing shows is in the record,
 * which is there before anything else is. `isWanted` is asked once more after that: the service may be gone by then.
 */
export const startTask = (spec: ServiceSpec, slot: number, faults: readonly string[], isWanted: () => boolean): Task => {
  const image = findImage(spec.image);
  const cwd = image?.folder ?? "/";
  let record = firstRecord(spec, slot);
  const { id } = record;
  let child: ChildProcess | null = null;
  let upSince: number | null = null;
  let ended = false;
  let stopping = false;
  let unhealthy = false;
  let settle: () => void = () => undefined;
  const gone = new Promise<void>((resolve) => (settle = resolve));

  const save = (changes: Partial<Container>, isFirst = false): void => {
    record = { ...record, ...changes };
    if (!existsSync(worldPath("tasks"))) return; // The whole world was deleted: nobody is left to be told.
    put("tasks", id, record);
    // Removed by force meanwhile: what is gone stays gone.
    if (isFirst || get("containers", id) !== null) put("containers", id, record);
  };

  const dieWithKeeper = (): void => killGroup(child?.pid ?? null, "SIGKILL");

  const onExit = (code: number): void => {
    if (ended) return;
    ended = true;
    process.off("exit", dieWithKeeper);
    const failure = stopping && !unhealthy ? null : errorOf(code, unhealthy);
    save({ state: "exited", desired: "Shutdown", pid: null, error: failure, exitCode: code, since: Date.now() });
    settle();
  };

  const onUp = (): void => {
    upSince = Date.now();
    save({ state: "running", since: upSince });
  };

  const end = (graceMs: number): void => {
    const pid = child?.pid ?? null;
    if (pid === null || ended) return;
    killGroup(pid, "SIGTERM");
    const killer = setTimeout(() => killGroup(pid, "SIGKILL"), graceMs);
    void gone.then(() => clearTimeout(killer));
  };

  const watch = async (env: NodeJS.ProcessEnv): Promise<void> => {
    const neverWell = faults.includes("never-healthy");
    if (spec.health === null) {
      if (!neverWell) onUp();
      return;
    }
    unhealthy = await watchHealth(spec.health, { cwd, env, neverWell, isOver: () => ended || stopping, onWell: onUp });
    if (unhealthy) end(spec.graceMs);
  };

  const environment = (rootfs: string, ports: Readonly<Record<string, number>>): NodeJS.ProcessEnv => ({
    PATH: process.env["PATH"],
    ...spec.env,
    SANDBOX_ROOTFS: rootfs,
    ...Object.fromEntries(Object.entries(ports).map(([target, real]) => [`SANDBOX_PORT_${target}`, String(real)])),
  });

  const launch = async (): Promise<void> => {
    const ports: Record<string, number> = {};
    for (const port of spec.targetPorts) ports[port] = await freePort();
    if (stopping || !isWanted()) return onExit(0);
    const rootfs = worldPath("rootfs", id);
    makeRootfs(spec, rootfs);
    const env = environment(rootfs, ports);
    const [file, args] = program(faults.includes("crash-loop") ? crash : (spec.command ?? image?.command ?? []));
    const log = openSync(worldPath("logs", spec.id), "a");
    child = spawn(file, args, { cwd, env, detached: true, stdio: ["ignore", log, log] });
    closeSync(log);
    child.once("exit", (code, signal) => onExit(code ?? (signal === null ? 1 : (signalCodes[signal] ?? 1))));
    child.once("error", () => onExit(127));
    save({ pid: child.pid ?? null, ports });
    for (const [target, real] of Object.entries(ports)) {
      writeFileSync(worldPath("ports", spec.stack, `${spec.name.slice(spec.stack.length + 1)}.${target}`), String(real));
    }
    await watch(env);
  };

  process.on("exit", dieWithKeeper);
  save({}, true);
  launch().catch((error: unknown) => {
    // A secret or the world itself was taken away under us.
    process.stderr.write(`${String(error)}\n`);
    if (child === null) onExit(126);
  });

  return {
    id,
    version: spec.version,
    faults,
    isUp: () => upSince !== null && !ended,
    upForMs: () => (upSince === null ? 0 : Date.now() - upSince),
    hasEnded: () => ended,
    isStopping: () => stopping,
    exitCode: () => record.exitCode,
    stop: (graceMs) => {
      if (!stopping && !ended) {
        stopping = true;
        save({ desired: "Shutdown" });
        end(graceMs);
      }
      return ended ? Promise.resolve() : gone;
    },
  };
};
