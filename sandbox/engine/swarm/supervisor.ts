import type { Faults } from "../../shared/faults.js";
import type { Service, ServiceSpec, Task } from "../schema.js";
import type { ContainerRecord } from "../world/records.js";
import { keyInStack } from "../stack-of.js";
import type { World } from "../world/world.js";
import type { TaskRun, TaskOf } from "./task-run.js";
import { TaskRun as Run } from "./task-run.js";

/** How long a container outlives its service, in ms, unless a fault says otherwise. */
const usualLingerMs = 200;
/** A supervisor looks again at least this often, because it may wait for a point in time. ms */
const lookMs = 50;

/** What a fault in faults.json may call a service. */
const faultSubjects = (spec: ServiceSpec): readonly string[] => {
  const key = keyInStack(spec);
  return [...(key === null ? [] : [`service ${key}`]), `service ${spec.Name}`];
};

const lingerOf = (acts: readonly string[]): number => {
  const inUse = acts.find((act) => act.startsWith("in-use:"));
  return inUse === undefined ? usualLingerMs : Number(inUse.slice("in-use:".length));
};

const isDoneJob = ({ JobIteration, Status }: Task): boolean => JobIteration !== undefined && Status.State === "complete";

/** Whether a container outlives its service, as that of a job's completed task does. */
export const isKeptForGood = (world: World, { taskId }: ContainerRecord): boolean => {
  const record = world.tasks.get(taskId);
  return record !== null && isDoneJob(record.task);
};

/** Keeps one service as its spec says, until the spec is gone. Each kind of service has its own subclass. */
export abstract class Supervisor {
  protected readonly world: World;
  readonly #faults: Faults;
  readonly #id: string;
  #last: Service;
  #timer: NodeJS.Timeout | null = null;
  #isDue = false;
  #isLeaving = false;
  readonly #all = new Set<TaskRun>();

  constructor(world: World, service: Service, faults: Faults) {
    this.world = world;
    this.#faults = faults;
    this.#id = service.ID;
    this.#last = service;
  }

  /** Brings the tasks one step nearer to the spec. True: something is under way, so look again soon. */
  protected abstract reconcile(service: Service): boolean;

  /** How many tasks it wants to be running; for a job, how many are done. */
  abstract desired(service: Service): number;

  /** Call it when something may have changed. */
  poke(): void {
    if (this.#isDue || this.#isLeaving) return;
    this.#isDue = true;
    setImmediate(() => {
      this.#isDue = false;
      this.#look();
    });
  }

  protected start(service: Service, slot: number | null, delayMs: number, isJob = false): TaskRun {
    const faults = this.#faults.actsFor(...faultSubjects(service.Spec));
    const of: TaskOf = { world: this.world, service, slot, faults, delayMs, isJob, onChange: () => this.poke() };
    const task = new Run(of);
    this.#all.add(task);
    return task;
  }

  /** Removes a task that is too old to be remembered: its record, its log and its container. */
  protected forget(task: TaskRun): void {
    this.#all.delete(task);
    this.world.tasks.drop(task.id);
    this.world.logs.forget(task.id);
    const container = task.containerId === null ? null : this.world.containers.get(task.containerId);
    if (container !== null) this.world.containers.put({ ...container, removeAt: Date.now() });
  }

  /**
   * Called when the service is gone: removes its tasks and, after a while, their containers. A job's completed task stays:
   * a Swarm (20.10) keeps it and its container until somebody removes that.
   */
  async takeDown(): Promise<void> {
    this.#isLeaving = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await Promise.all([...this.#all].map((task) => task.stop(undefined, "remove")));
    const acts = [...this.#faults.standing(...faultSubjects(this.#last.Spec)), ...[...this.#all].flatMap(({ faults }) => faults)];
    const removeAt = Date.now() + lingerOf(acts);
    for (const container of this.world.containers.all()) {
      if (container.serviceId === this.#id && !isKeptForGood(this.world, container)) this.world.containers.put({ ...container, removeAt });
    }
    for (const { task } of this.world.tasks.all()) {
      if (task.ServiceID !== this.#id || isDoneJob(task)) continue;
      this.world.tasks.drop(task.ID);
      this.world.logs.forget(task.ID);
    }
  }

  /** Kills everything, because the whole world was deleted. */
  killAll(): void {
    this.#isLeaving = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    for (const task of this.#all) void task.stop(0);
  }

  #look(): void {
    if (this.#isLeaving) return;
    const service = this.world.serviceById(this.#id);
    if (service === null) return;
    this.#last = service;
    const again = this.reconcile(service);
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = again ? setTimeout(() => this.#look(), lookMs) : null;
  }
}
