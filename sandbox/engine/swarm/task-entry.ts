import type { Service, Task, TaskState, TaskStatus } from "../schema.js";
import { newId, now } from "../world/place.js";
import type { World } from "../world/world.js";
import { newTask } from "./task-record.js";

interface EntryOf {
  readonly world: World;
  readonly service: Service;
  /** Null for global services and jobs, which have no slots. */
  readonly slot: number | null;
  readonly desired: TaskState;
  readonly isJob: boolean;
}

/** A task in the world's list of tasks. Once it was forgotten, as the oldest of its slot, changes to it are lost. */
export class TaskEntry {
  readonly id = newId();
  readonly #world: World;

  constructor({ world, service, slot, desired, isJob }: EntryOf) {
    this.#world = world;
    const { Name: name, Labels: labels = {} } = service.Spec;
    world.tasks.put({
      task: newTask({ id: this.id, version: world.nextVersion(), service, slot, desired, isJob }),
      service: { name, labels },
    });
  }

  /** Null once it was forgotten. */
  get state(): TaskState | null {
    return this.#world.tasks.get(this.id)?.task.Status.State ?? null;
  }

  save(changes: Partial<Task>): void {
    const record = this.#world.tasks.get(this.id);
    if (record === null) return;
    this.#world.tasks.put({ ...record, task: { ...record.task, ...changes, Version: this.#world.nextVersion(), UpdatedAt: now() } });
  }

  /** A new status names no ports and no error but its own; the container stays the same. */
  saveStatus(state: TaskState, message: string, more: Partial<TaskStatus>): void {
    const before = this.#world.tasks.get(this.id)?.task.Status;
    this.save({
      Status: {
        PortStatus: {},
        ...(before?.ContainerStatus === undefined ? {} : { ContainerStatus: before.ContainerStatus }),
        ...more,
        Timestamp: now(),
        State: state,
        Message: message,
      },
    });
  }
}
