import type { Child } from "../children.js";
import { signalGroup } from "../container/group.js";
import { checkOf, isChecked, watchHealth, type Look } from "../container/health.js";
import { allocatePorts, portStatusOf } from "../container/host-ports.js";
import { findProgram } from "../container/image-programs.js";
import { findImage } from "../container/images.js";
import { environmentOf, newContainer, tellNeighbours } from "../container/new-container.js";
import { asSignal } from "../container/signals.js";
import { startFailureOf } from "../container/start-failure.js";
import { supervise } from "../container/supervised.js";
import type { ContainerRecord, Service, Task, TaskRecord, TaskState, TaskStatus } from "../schema.js";
import { newId, now } from "../world/place.js";
import type { World } from "../world/world.js";
import { isOnHost } from "../world/built-in-networks.js";
import { node, whyNotPlaced } from "./node.js";
import { placedBeside } from "./placed.js";
import { keyOf, newTask } from "./task-record.js";
import { stopGraceMs } from "./timing.js";

export interface TaskOf {
  readonly world: World;
  readonly service: Service;
  /** Null for global services and jobs, which have no slots. */
  readonly slot: number | null;
  readonly faults: readonly string[];
  /** How long after its creation it starts; until then it is `ready`. */
  readonly delayMs: number;
  readonly isJob: boolean;
  /** Called whenever anything about it has changed. */
  readonly onChange: () => void;
}

const crash: readonly [string, ...string[]] = [process.execPath, "-e", "console.error('crash-loop: told to exit'); process.exit(1)"];

/** One task of a service, from its first record to the end of its process. The record exists before anything else. */
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
    const { world, service, slot, isJob } = of;
    const desired = of.delayMs > 0 ? "ready" : this.#wanted();
    const { Name: name, Labels: labels = {} } = service.Spec;
    world.tasks.put({
      task: newTask({ id: this.id, version: world.nextVersion(), service, slot, desired, isJob }),
      service: { name, labels },
    });
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

  /** Whether it is running, and healthy if it has a health check. */
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

  /** Whether it ended with 0 by itself. */
  get isComplete(): boolean {
    return this.#ended && !this.#stopping && this.#exitCode === 0;
  }

  get containerId(): string | null {
    return this.#containerId;
  }

  /** Finds a node for it and starts it there. Called again as long as no node takes it. */
  place(): void {
    const state = this.#record?.task.Status.State;
    if (this.#ended || this.#stopping || this.#isWaiting || (state !== "new" && state !== "pending" && state !== "ready")) return;
    const { world, service } = this.#of;
    const why = whyNotPlaced(service.Spec, placedBeside(world, this.id, service));
    if (why !== null) {
      if (state !== "pending") this.#status("pending", "pending task scheduling", { Err: why });
      return;
    }
    this.#save({ NodeID: node.id });
    this.#status("assigned", "scheduler assigned task to node", {});
    this.#launch().catch((error: unknown) => {
      // Somebody removed a secret or the world itself.
      if (this.#child === null) this.#end(126, String(error));
    });
  }

  /** Sends TERM, or the service's own stop signal, then KILL after the grace. Resolves when the process is gone. */
  stop(
    graceMs = stopGraceMs(this.#of.service.Spec.TaskTemplate.ContainerSpec.StopGracePeriod),
    desired: TaskState = "shutdown",
  ): Promise<void> {
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
    if (record === null) return; // It was forgotten as the oldest of its slot.
    const { world } = this.#of;
    world.tasks.put({ ...record, task: { ...record.task, ...changes, Version: world.nextVersion(), UpdatedAt: now() } });
  }

  #status(state: TaskState, message: string, more: Partial<TaskStatus>): void {
    const before = this.#record?.task.Status;
    this.#save({
      Status: {
        PortStatus: {},
        ...(before?.ContainerStatus === undefined ? {} : { ContainerStatus: before.ContainerStatus }),
        ...more,
        Timestamp: now(),
        State: state,
        Message: message,
      },
    });
    this.#of.onChange();
  }

  /** Null before it is created, and after it was removed by force. */
  get #container(): ContainerRecord | null {
    return this.#containerId === null ? null : this.#of.world.containers.get(this.#containerId);
  }

  #saveContainer(changes: Partial<ContainerRecord>): void {
    const container = this.#container;
    if (container !== null) this.#of.world.containers.put({ ...container, ...changes });
  }

  /** Records a failed check only if it differs from the last, because a check often fails in the same way again. */
  #keepLook(look: Look): void {
    const { code, output } = this.#container?.lastFailedLook ?? {};
    if (code !== look.code || output !== look.output) this.#saveContainer({ lastFailedLook: look });
  }

  #say(action: string, more: Readonly<Record<string, string>> = {}): void {
    const container = this.#container;
    if (container !== null)
      this.#of.world.bulletin.say("container", action, container.id, {
        ...container.labels,
        image: container.image,
        name: container.name,
        ...more,
      });
  }

  #askToEnd(graceMs: number): void {
    const pid = this.#child?.pid ?? null;
    if (pid === null || this.#ended) return;
    signalGroup(pid, asSignal(this.#of.service.Spec.TaskTemplate.ContainerSpec.StopSignal));
    this.#say("kill", { signal: "15" });
    const killer = setTimeout(() => signalGroup(pid, "SIGKILL"), graceMs);
    void this.#gone.then(() => clearTimeout(killer));
  }

  #end(code: number, error?: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#exitCode = code;
    this.#saveContainer({
      state: "exited",
      pid: null,
      exitCode: code,
      finishedAt: now(),
      ...(this.#unhealthy ? { health: "unhealthy" } : {}),
    });
    if (this.#containerId !== null) this.#of.world.bridge.leave(this.#containerId);
    if (this.#containerId !== null) this.#say("die", { exitCode: String(code) });
    const status = { ContainerStatus: { ContainerID: this.#containerId ?? "", PID: 0, ExitCode: code } };
    if (!this.#stopping || this.#unhealthy) this.#save({ DesiredState: this.#of.isJob && code === 0 ? "complete" : "shutdown" });
    if (this.#stopping && !this.#unhealthy) this.#status("shutdown", "shutdown", status);
    else if (code === 0 && error === undefined) this.#status("complete", "finished", status);
    else
      this.#status("failed", "started", {
        ...status,
        Err: error ?? `task: non-zero exit (${code})${this.#unhealthy ? ": dockerexec: unhealthy container" : ""}`,
      });
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
    const isChecked = this.#container?.health === "starting";
    this.#saveContainer({ health: isChecked ? "healthy" : "none" });
    if (isChecked) this.#say("health_status: healthy");
    this.#status("running", "started", {
      ContainerStatus: { ContainerID: this.#containerId ?? "", PID: this.#child?.pid ?? 0, ExitCode: 0 },
      PortStatus: portStatusOf(this.#of.service.Spec, this.#container?.ports ?? {}),
    });
  }

  async #launch(): Promise<void> {
    const { world, service, slot } = this.#of;
    const spec = service.Spec.TaskTemplate.ContainerSpec;
    const image = findImage(spec.Image);
    if (image === null) return this.#reject(`No such image: ${spec.Image}`);
    this.#status("preparing", "preparing", {});
    const ports = await allocatePorts(service.Spec, image.ports);
    if (this.#stopping) return this.#end(0);
    const isRefused = typeof ports === "string";
    const container = newContainer({ world, service, slot, taskId: this.id, image, ports: isRefused ? {} : ports });
    if (typeof container === "string") return this.#reject(container);
    this.#containerId = container.id;
    this.#say("create");
    this.#status("starting", "starting", { ContainerStatus: { ContainerID: container.id, PID: 0, ExitCode: 0 } });
    if (isRefused) return this.#end(128, `starting container failed: ${ports}`);
    const failure = startFailureOf(container, spec);
    if (failure !== null) return this.#end(128, `starting container failed: ${failure}`);
    const [program = "", ...args] = container.command;
    const found = findProgram(program, container);
    if ("missing" in found)
      return this.#end(
        127,
        `starting container failed: failed to create shim task: OCI runtime create failed: runc create failed: ${found.missing}`,
      );
    const env = environmentOf(world, container);
    this.#spawn([found.file, ...args], container, env);
    tellNeighbours(world, service.Spec, ports);
    await this.#watch(container, env);
  }

  #spawn(argv: readonly [string, ...string[]], { id, workDir, ports, networks }: ContainerRecord, env: NodeJS.ProcessEnv): void {
    const { world, faults } = this.#of;
    const isTold = faults.includes("crash-loop");
    this.#child = supervise({
      argv: isTold ? crash : argv,
      cwd: workDir,
      env,
      logs: world.logs,
      taskId: this.id,
      onEnd: (code) => this.#end(code),
    });
    if (!isOnHost(networks)) world.bridge.join(id, ports);
    this.#saveContainer({ state: "running", pid: this.#child.pid ?? null, startedAt: now() });
    this.#say("start");
  }

  /** Without a health check the task is up at once. With one, it is up when the check succeeds, and is told to end when it is unhealthy. */
  async #watch(container: ContainerRecord, env: NodeJS.ProcessEnv): Promise<void> {
    const { workDir, stopGraceMs: graceMs, healthConfig } = container;
    const check = checkOf(container);
    const neverWell = this.faults.includes("never-healthy");
    if (check === null) {
      // If an engine does not know the form of a check, it says so in its log and waits for a result for ever.
      if (!neverWell && !isChecked(healthConfig)) this.#onUp();
      return;
    }
    const isIll = await watchHealth(check, {
      cwd: workDir,
      env,
      neverWell,
      isOver: () => this.#ended || this.#stopping,
      onWell: () => this.#onUp(),
      onFailed: (look) => this.#keepLook(look),
    });
    if (!isIll) return;
    this.#unhealthy = true;
    this.#saveContainer({ health: "unhealthy" });
    this.#say("health_status: unhealthy");
    this.#askToEnd(graceMs);
  }
}
