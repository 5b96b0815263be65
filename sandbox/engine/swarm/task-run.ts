import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ContainerRecord, Service, ServiceSpec, Task, TaskRecord, TaskState, TaskStatus } from "../schema.js";
import { findImage } from "../container/images.js";
import { signalGroup } from "../container/group.js";
import { checkOf, watchHealth } from "../container/health.js";
import { freePort } from "../container/ports.js";
import type { Child } from "../children.js";
import { asEnvironment, findProgram, startProgram } from "../container/program.js";
import { badMount, makeRootfs, within } from "../container/rootfs.js";
import { newId, newLongId, now } from "../world/place.js";
import type { World } from "../world/world.js";
import { node, whyNotPlaced } from "./node.js";
import { stopGraceMs } from "./timing.js";

export interface TaskOf {
  readonly world: World;
  readonly service: Service;
  /** Null where a service has none: global ones and jobs. */
  readonly slot: number | null;
  readonly faults: readonly string[];
  /** It starts so much later; until then it is `ready`. */
  readonly delayMs: number;
  readonly isJob: boolean;
  /** Called whenever anything about it changed. */
  readonly onChange: () => void;
}

/** What a task is made from: a service whose key is another has tasks to replace. */
export const keyOf = (spec: ServiceSpec): string => JSON.stringify([spec.TaskTemplate, spec.EndpointSpec?.Ports ?? []]);

const crash: readonly [string, ...string[]] = [process.execPath, "-e", "console.error('crash-loop: told to exit'); process.exit(1)"];

/** How long the output of a process that ended is waited for. */
const lastWordsMs = 100;

const signalNumbers: Readonly<Partial<Record<NodeJS.Signals, number>>> = { SIGKILL: 137, SIGTERM: 143, SIGINT: 130, SIGHUP: 129, SIGQUIT: 131 };

const asSignal = (name: string | undefined): NodeJS.Signals => (name === undefined || name === "" ? "SIGTERM" : ((name.startsWith("SIG") ? name : `SIG${name}`) as NodeJS.Signals));

/** The key of a service in its stack: what its neighbours call it. */
const shortName = (spec: ServiceSpec): string => {
  const stack = spec.Labels?.["com.docker.stack.namespace"];
  return stack !== undefined && spec.Name.startsWith(`${stack}_`) ? spec.Name.slice(stack.length + 1) : spec.Name;
};

/** One task of a service, from its first record to the end of its process. The record is there before anything else is. */
export class TaskRun {
  readonly id = newId();
  readonly key: string;
  readonly faults: readonly string[];
  readonly #of: TaskOf;
  readonly #gone: Promise<void>;
  #settle: () => void = () => undefined;
  #child: Child | null = null;
  #startTimer: NodeJS.Timeout | null = null;
  #isWaiting = false;
  #containerId: string | null = null;
  #upSince: number | null = null;
  #ended = false;
  #stopping = false;
  #unhealthy = false;
  #exitCode: number | null = null;

  constructor(of: TaskOf) {
    this.#of = of;
    this.key = keyOf(of.service.Spec);
    this.faults = of.faults;
    this.#gone = new Promise((resolve) => (this.#settle = resolve));
    const { TaskTemplate, Name, Labels = {} } = of.service.Spec;
    const { Runtime: _, ...spec } = TaskTemplate;
    const at = now();
    const task: Task = {
      ID: this.id,
      Version: of.world.nextVersion(),
      CreatedAt: at,
      UpdatedAt: at,
      Labels: {},
      Spec: spec,
      ServiceID: of.service.ID,
      ...(of.slot === null || of.slot === 0 ? {} : { Slot: of.slot }),
      Status: { Timestamp: at, State: "new", Message: "created", PortStatus: {} },
      DesiredState: of.delayMs > 0 ? "ready" : this.#wanted(),
      ...(of.isJob ? { JobIteration: of.service.JobStatus?.JobIteration ?? {} } : {}),
    };
    of.world.tasks.put({ task, service: { name: Name, labels: Labels } });
    if (of.delayMs > 0) {
      this.#isWaiting = true;
      this.#startTimer = setTimeout(() => {
        this.#isWaiting = false;
        this.#save({ DesiredState: this.#wanted() });
        this.place();
      }, of.delayMs);
      this.#status("ready", "preparing", {});
    } else this.place();
  }

  /** Running, and well if it has a health check. */
  get isUp(): boolean {
    return this.#upSince !== null && !this.#ended;
  }

  get upForMs(): number {
    return this.#upSince === null ? 0 : Date.now() - this.#upSince;
  }

  get hasEnded(): boolean {
    return this.#ended;
  }

  get isStopping(): boolean {
    return this.#stopping;
  }

  /** Ended with 0 by itself. */
  get isComplete(): boolean {
    return this.#ended && !this.#stopping && this.#exitCode === 0;
  }

  get containerId(): string | null {
    return this.#containerId;
  }

  /** Finds it a node and starts it there; asked again while none takes it. */
  place(): void {
    const state = this.#record?.task.Status.State;
    if (this.#ended || this.#stopping || this.#isWaiting || (state !== "new" && state !== "pending" && state !== "ready")) return;
    const { world, service } = this.#of;
    const others = world.containers.all().filter(({ state, taskId }) => state !== "exited" && taskId !== this.id);
    const why = whyNotPlaced(service.Spec, others.filter(({ serviceId }) => serviceId === service.ID).length, (port) => others.some(({ ports }) => Object.values(ports).includes(port)));
    if (why !== null) {
      if (state !== "pending") this.#status("pending", "pending task scheduling", { Err: why });
      return;
    }
    this.#save({ NodeID: node.id });
    this.#status("assigned", "scheduler assigned task to node", {});
    this.#launch().catch((error: unknown) => {
      // A secret or the world itself was taken away under us.
      if (this.#child === null) this.#end(126, String(error));
    });
  }

  /** TERM, or what the service wants instead, then KILL after the grace. Resolves when the process is gone. */
  stop(graceMs = stopGraceMs(this.#of.service.Spec.TaskTemplate.ContainerSpec.StopGracePeriod), desired: TaskState = "shutdown"): Promise<void> {
    if (this.#ended) return Promise.resolve();
    if (!this.#stopping) {
      this.#stopping = true;
      this.#save({ DesiredState: desired });
      if (this.#startTimer !== null) clearTimeout(this.#startTimer);
      if (this.#child === null && this.#containerId === null) this.#end(0);
      else this.#askToEnd(graceMs);
    }
    return this.#gone;
  }

  get #record(): TaskRecord | null {
    return this.#of.world.tasks.get(this.id);
  }

  #wanted(): TaskState {
    return this.#of.isJob ? "complete" : "running";
  }

  #save(changes: Partial<Task>): void {
    const record = this.#record;
    if (record === null) return; // Forgotten, as the oldest of a slot.
    const { world } = this.#of;
    world.tasks.put({ ...record, task: { ...record.task, ...changes, Version: world.nextVersion(), UpdatedAt: now() } });
  }

  #status(state: TaskState, message: string, more: Partial<TaskStatus>): void {
    const before = this.#record?.task.Status;
    this.#save({ Status: { PortStatus: {}, ...(before?.ContainerStatus === undefined ? {} : { ContainerStatus: before.ContainerStatus }), ...more, Timestamp: now(), State: state, Message: message } });
    this.#of.onChange();
  }

  #container(changes: Partial<ContainerRecord>): void {
    const { world } = this.#of;
    const container = this.#containerId === null ? null : world.containers.get(this.#containerId);
    // Removed by force meanwhile: what is gone stays gone.
    if (container !== null) world.containers.put({ ...container, ...changes });
  }

  #say(action: string, more: Readonly<Record<string, string>> = {}): void {
    const container = this.#containerId === null ? null : this.#of.world.containers.get(this.#containerId);
    if (container !== null) this.#of.world.bulletin.say("container", action, container.id, { ...container.labels, image: container.image, name: container.name, ...more });
  }

  #askToEnd(graceMs: number): void {
    const pid = this.#child?.pid ?? null;
    if (pid === null || this.#ended) return;
    const { StopSignal } = this.#of.service.Spec.TaskTemplate.ContainerSpec;
    signalGroup(pid, asSignal(StopSignal));
    this.#say("kill", { signal: "15" });
    const killer = setTimeout(() => signalGroup(pid, "SIGKILL"), graceMs);
    void this.#gone.then(() => clearTimeout(killer));
  }

  #end(code: number, error?: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#exitCode = code;
    this.#container({ state: "exited", pid: null, exitCode: code, finishedAt: now(), ...(this.#unhealthy ? { health: "unhealthy" } : {}) });
    if (this.#containerId !== null) this.#of.world.bridge.leave(this.#containerId);
    if (this.#containerId !== null) this.#say("die", { exitCode: String(code) });
    const status = { ContainerStatus: { ContainerID: this.#containerId ?? "", PID: 0, ExitCode: code } };
    if (!this.#stopping || this.#unhealthy) this.#save({ DesiredState: this.#of.isJob && code === 0 ? "complete" : "shutdown" });
    if (this.#stopping && !this.#unhealthy) this.#status("shutdown", "shutdown", status);
    else if (code === 0 && error === undefined) this.#status("complete", "finished", status);
    else this.#status("failed", "started", { ...status, Err: error ?? `task: non-zero exit (${code})${this.#unhealthy ? ": dockerexec: unhealthy container" : ""}` });
    this.#settle();
    this.#of.onChange();
  }

  #reject(why: string): void {
    this.#ended = true;
    this.#exitCode = 1;
    this.#save({ DesiredState: "shutdown" });
    this.#status("rejected", "preparing", { Err: why, ContainerStatus: { ContainerID: "", PID: 0, ExitCode: 0 } });
    this.#settle();
    this.#of.onChange();
  }

  #onUp(): void {
    this.#upSince = Date.now();
    this.#container({ health: this.#of.world.containers.get(this.#containerId ?? "")?.health === "starting" ? "healthy" : "none" });
    const container = this.#of.world.containers.get(this.#containerId ?? "");
    if (container?.health === "healthy") this.#say("health_status: healthy");
    this.#status("running", "started", {
      ContainerStatus: { ContainerID: this.#containerId ?? "", PID: this.#child?.pid ?? 0, ExitCode: 0 },
      PortStatus: this.#hostPorts(),
    });
  }

  #hostPorts(): TaskStatus["PortStatus"] {
    const container = this.#of.world.containers.get(this.#containerId ?? "");
    const ports = (this.#of.service.Spec.EndpointSpec?.Ports ?? []).filter(({ PublishMode }) => PublishMode === "host");
    if (ports.length === 0) return {};
    return { Ports: ports.map((port) => ({ ...port, PublishedPort: container?.ports[`${port.TargetPort}/${port.Protocol ?? "tcp"}`] ?? 0 })) };
  }

  /** What listens in the container gets a port of this machine: a fixed one where the service publishes it so. */
  async #allocate(imagePorts: readonly number[]): Promise<Readonly<Record<string, number>> | string> {
    const published = this.#of.service.Spec.EndpointSpec?.Ports ?? [];
    const ports: Record<string, number> = {};
    for (const { TargetPort, Protocol = "tcp", PublishMode, PublishedPort = 0 } of published) {
      const wanted = PublishMode === "host" ? PublishedPort : 0;
      const real = await freePort(wanted);
      if (real === null) return `driver failed programming external connectivity on endpoint: Bind for 0.0.0.0:${wanted} failed: port is already allocated`;
      ports[`${TargetPort}/${Protocol}`] = real;
    }
    for (const port of imagePorts) ports[`${port}/tcp`] ??= (await freePort()) ?? 0;
    return ports;
  }

  async #launch(): Promise<void> {
    const { world, service, faults } = this.#of;
    const spec = service.Spec.TaskTemplate.ContainerSpec;
    const image = findImage(spec.Image);
    if (image === null) return this.#reject(`No such image: ${spec.Image}`);
    this.#status("preparing", "preparing", {});
    const ports = await this.#allocate(image.ports);
    if (this.#stopping) return this.#end(0);
    const wrong = badMount(spec);
    if (wrong !== null) return this.#reject(wrong);
    const id = newLongId();
    const rootfs = world.place.path("rootfs", id);
    const stack = service.Spec.Labels?.["com.docker.stack.namespace"] ?? service.Spec.Name;
    const neighbours = world.place.path("ports", stack);
    const mounts = makeRootfs(world, spec, rootfs, neighbours);
    const argv = [...(spec.Command ?? []), ...(spec.Args ?? (spec.Command === undefined ? image.command : []))];
    const name = `${service.Spec.Name}.${this.#of.slot || node.id}.${this.id}`;
    const env = spec.Env ?? [];
    const check = checkOf(spec.Healthcheck);
    const workDir = spec.Dir !== undefined && existsSync(within(rootfs, spec.Dir)) ? within(rootfs, spec.Dir) : image.folder;
    const realPorts = typeof ports === "string" ? {} : ports;
    this.#containerId = id;
    world.containers.put({
      id,
      name,
      taskId: this.id,
      serviceId: service.ID,
      serviceName: service.Spec.Name,
      image: spec.Image,
      command: argv,
      labels: {
        ...spec.Labels,
        "com.docker.swarm.node.id": node.id,
        "com.docker.swarm.service.id": service.ID,
        "com.docker.swarm.service.name": service.Spec.Name,
        "com.docker.swarm.task": "",
        "com.docker.swarm.task.id": this.id,
        "com.docker.swarm.task.name": name,
      },
      env,
      createdAt: now(),
      state: "created",
      health: check === null ? "none" : "starting",
      healthConfig: spec.Healthcheck ?? null,
      pid: null,
      exitCode: 0,
      startedAt: null,
      finishedAt: null,
      workDir,
      stopSignal: asSignal(spec.StopSignal),
      stopGraceMs: stopGraceMs(spec.StopGracePeriod),
      mounts,
      networks: (service.Spec.TaskTemplate.Networks ?? []).map(({ Target }) => Target),
      ports: realPorts,
      published: (service.Spec.EndpointSpec?.Ports ?? []).flatMap(({ TargetPort, Protocol = "tcp", PublishMode }) => (PublishMode === "host" ? [`${TargetPort}/${Protocol}`] : [])),
      removeAt: null,
    });
    this.#say("create");
    this.#status("starting", "starting", { ContainerStatus: { ContainerID: id, PID: 0, ExitCode: 0 } });
    if (typeof ports === "string") return this.#end(128, `starting container failed: ${ports}`);
    const environment: NodeJS.ProcessEnv = {
      PATH: process.env["PATH"],
      ...asEnvironment(env),
      SANDBOX_ROOTFS: rootfs,
      ...Object.fromEntries(Object.entries(realPorts).map(([target, real]) => [`SANDBOX_PORT_${target.split("/")[0]}`, String(real)])),
    };
    const file = findProgram(argv[0] ?? "");
    if (file === null) {
      return this.#end(127, `starting container failed: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "${argv[0] ?? ""}": executable file not found in $PATH: unknown`);
    }
    this.#spawn(faults.includes("crash-loop") ? crash : [file, ...argv.slice(1)], workDir, environment);
    this.#tellNeighbours(neighbours, realPorts);
    if (check === null) {
      if (!faults.includes("never-healthy")) this.#onUp();
      return;
    }
    const patient = { cwd: workDir, env: environment, neverWell: faults.includes("never-healthy"), isOver: () => this.#ended || this.#stopping, onWell: () => this.#onUp() };
    const isIll = await watchHealth(check, patient);
    if (!isIll) return;
    this.#unhealthy = true;
    this.#container({ health: "unhealthy" });
    this.#say("health_status: unhealthy");
    this.#askToEnd(stopGraceMs(spec.StopGracePeriod));
  }

  #spawn(argv: readonly [string, ...string[]], cwd: string, env: NodeJS.ProcessEnv): void {
    const child = startProgram(argv, cwd, env, ["ignore", "pipe", "pipe"]);
    this.#child = child;
    const { logs } = this.#of.world;
    const streams = [logs.writer(this.id, 1), logs.writer(this.id, 2)] as const;
    child.stdout?.setEncoding("utf8").on("data", streams[0].write);
    child.stderr?.setEncoding("utf8").on("data", streams[1].write);
    child.once("error", () => this.#end(127));
    child.once("exit", (code, signal) => {
      let isOver = false;
      const end = (): void => {
        if (isOver) return;
        isOver = true;
        for (const stream of streams) stream.end();
        this.#end(code ?? (signal === null ? 1 : (signalNumbers[signal] ?? 1)));
      };
      // What it said before its end belongs before that; what a child of its own holds open is not waited for long.
      child.once("close", end);
      setTimeout(end, lastWordsMs);
    });
    const { bridge, containers } = this.#of.world;
    if (this.#containerId !== null) bridge.join(this.#containerId, containers.get(this.#containerId)?.ports ?? {});
    this.#container({ state: "running", pid: child.pid ?? null, startedAt: now() });
    this.#say("start");
  }

  #tellNeighbours(folder: string, ports: Readonly<Record<string, number>>): void {
    for (const [target, real] of Object.entries(ports)) {
      writeFileSync(join(folder, `${shortName(this.#of.service.Spec)}.${target.split("/")[0]}`), String(real));
    }
  }
}
