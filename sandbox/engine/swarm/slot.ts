import type { Restarts } from "./timing.js";
import type { TaskRun } from "./task-run.js";

/** The engine keeps this many tasks of a slot, the present one included. */
const historyMax = 5;

/** One of a service's replicas: the task it has, and the one that is to follow it in a start-first update. */
export class Slot {
  /** Null for a global service's only one. */
  readonly number: number | null;
  task: TaskRun | null = null;
  next: TaskRun | null = null;
  /** Its task ended, and the policy wants no other. */
  isSpent = false;
  readonly #history: TaskRun[] = [];
  #restartedAt: number[] = [];

  constructor(number: number | null) {
    this.number = number;
  }

  /** Whether, and after how long, a task that ended is followed by another. Counts it when so. */
  restartAfter(task: TaskRun, restarts: Restarts): number | null {
    const { condition, attempts, windowMs, delayMs } = restarts;
    if (condition === "none" || (condition === "on-failure" && task.isComplete)) return null;
    const counted = windowMs === 0 ? this.#restartedAt : this.#restartedAt.filter((at) => Date.now() - at < windowMs);
    if (attempts > 0 && counted.length >= attempts) return null;
    this.#restartedAt = [...counted, Date.now()];
    return delayMs;
  }

  /** A spec that changed starts the counts anew. */
  forgive(): void {
    this.isSpent = false;
    this.#restartedAt = [];
  }

  /** Takes a task into the history, and hands out those that are then too many, oldest first. */
  remember(task: TaskRun): readonly TaskRun[] {
    this.#history.push(task);
    return this.#history.splice(0, Math.max(0, this.#history.length - historyMax));
  }

  tasks(): readonly TaskRun[] {
    return [this.task, this.next].filter((task) => task !== null);
  }
}
