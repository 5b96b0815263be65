import { ContainerRun } from "../container/container-run.js";
import { allocatePorts, portStatusOf } from "../container/host-ports.js";
import { findImage } from "../container/images.js";
import { tellNeighbours } from "../container/neighbours.js";
import { environmentOf, newContainer } from "../container/new-container.js";
import { startOf } from "../container/start.js";
import type { Service, TaskState, TaskStatus } from "../schema.js";
import type { World } from "../world/world.js";
import { node, whyNotPlaced } from "./node.js";
import { placedBeside } from "./placed.js";
import { TaskEntry } from "./task-entry.js";
import { keyOf } from "./task-record.js";
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

/**
 * One task of a service, as the Swarm sees it, from its first record to the end of its container. The record exists before
 * anything else.
 */
export class TaskRun {
  readonly key: string;
  readonly faults: readonly string[];
  readonly #of: TaskOf;
  readonly #entry: TaskEntry;
  readonly #gone: Promise<void>;
  #settle: () => void = () => undefined;
  #container: ContainerRun | null = null;
  #startTimer: NodeJS.Timeout | null = null;
  #isWaiting = false;
  #upSince: number | null = null;
  #ended = false;
  #stopping = false;
  #exitCode: number | null = null;

  constructor(of: TaskOf) {
    this.#of = of;
    this.key = keyOf(of.service.Spec);
    this.faults = of.faults;
    this.#gone = new Promise((resolve) => (this.#settle = resolve));
    this.#entry = new TaskEntry({ ...of, desired: of.delayMs > 0 ? "ready" : this.#wanted() });
    if (of.delayMs > 0) {
      this.#isWaiting = true;
      this.#startTimer = setTimeout(() => {
        this.#isWaiting = false;
        this.#entry.save({ DesiredState: this.#wanted() });
        this.place();
      }, of.delayMs);
      this.#status("ready", "preparing", {});
    } else this.place();
  }

  get id(): string {
    return this.#entry.id;
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
    return this.#container?.id ?? null;
  }

  /** Finds a node for it and starts it there. Called again as long as no node takes it. */
  place(): void {
    const { state } = this.#entry;
    if (this.#ended || this.#stopping || this.#isWaiting || (state !== "new" && state !== "pending" && state !== "ready")) return;
    const { world, service } = this.#of;
    const why = whyNotPlaced(service.Spec, placedBeside(world, this.id, service));
    if (why !== null) {
      if (state !== "pending") this.#status("pending", "pending task scheduling", { Err: why });
      return;
    }
    this.#entry.save({ NodeID: node.id });
    this.#status("assigned", "scheduler assigned task to node", {});
    this.#launch().catch((error: unknown) => {
      // Somebody removed a secret or the world itself.
      if (this.#container?.hasProgram !== true) this.#end(126, String(error));
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
      this.#entry.save({ DesiredState: desired });
      if (this.#startTimer !== null) clearTimeout(this.#startTimer);
      if (this.#container === null) this.#end(0);
      else this.#container.askToEnd(graceMs);
    }
    return this.#gone;
  }

  #wanted(): TaskState {
    return this.#of.isJob ? "complete" : "running";
  }

  #status(state: TaskState, message: string, more: Partial<TaskStatus>): void {
    this.#entry.saveStatus(state, message, more);
    this.#of.onChange();
  }

  async #launch(): Promise<void> {
    const { world, service, slot, faults } = this.#of;
    const spec = service.Spec.TaskTemplate.ContainerSpec;
    const image = findImage(spec.Image);
    if (image === null) return this.#reject(`No such image: ${spec.Image}`);
    this.#status("preparing", "preparing", {});
    const ports = await allocatePorts(service.Spec, image.ports);
    if (this.#stopping) return this.#end(0);
    const whyNoPorts = typeof ports === "string" ? ports : null;
    const container = newContainer({ world, service, slot, taskId: this.id, image, ports: typeof ports === "string" ? {} : ports });
    if (typeof container === "string") return this.#reject(container);
    const run = new ContainerRun({ world, container, onUp: () => this.#onUp(), onEnd: (code) => this.#end(code) });
    this.#container = run;
    this.#status("starting", "starting", this.#containerStatus(0, 0));
    const start = startOf(container, spec, whyNoPorts);
    if ("why" in start) return this.#end(start.code, start.why);
    const env = environmentOf(world, container);
    run.start(faults.includes("crash-loop") ? crash : start.argv, env);
    tellNeighbours(world, service.Spec, container.ports);
    await run.watch(env, faults.includes("never-healthy"));
  }

  #onUp(): void {
    this.#upSince = Date.now();
    this.#status("running", "started", {
      ...this.#containerStatus(this.#container?.pid ?? 0, 0),
      PortStatus: portStatusOf(this.#of.service.Spec, this.#container?.ports ?? {}),
    });
  }

  #end(code: number, error?: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#exitCode = code;
    this.#container?.noteEnd(code);
    const isUnhealthy = this.#container?.isUnhealthy === true;
    const status = this.#containerStatus(0, code);
    if (!this.#stopping || isUnhealthy) this.#entry.save({ DesiredState: this.#of.isJob && code === 0 ? "complete" : "shutdown" });
    if (this.#stopping && !isUnhealthy) this.#status("shutdown", "shutdown", status);
    else if (code === 0 && error === undefined) this.#status("complete", "finished", status);
    else
      this.#status("failed", "started", {
        ...status,
        Err: error ?? `task: non-zero exit (${code})${isUnhealthy ? ": dockerexec: unhealthy container" : ""}`,
      });
    this.#settle();
    this.#of.onChange();
  }

  /** The node could not even create a container. */
  #reject(why: string): void {
    this.#ended = true;
    this.#exitCode = 1;
    this.#entry.save({ DesiredState: "shutdown" });
    this.#status("rejected", "preparing", { Err: why, ...this.#containerStatus(0, 0) });
    this.#settle();
    this.#of.onChange();
  }

  #containerStatus(PID: number, ExitCode: number): Pick<TaskStatus, "ContainerStatus"> {
    return { ContainerStatus: { ContainerID: this.containerId ?? "", PID, ExitCode } };
  }
}
