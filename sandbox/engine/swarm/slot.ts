import type { Restarts } from "./timing.js";
import type { TaskRun } from "./task-run.js";

/** The engine keeps this many tasks of a slot, the present one included. */
const historyMax = 5;

/** One of a service's replicas: its task, and the one that follows it in a start-first update. */
export class Slot {
  /** Null for the only slot of a global service. */
  readonly number: number | null;
  task: TaskRun | null = null;
  next: TaskRun | null = null;
  /** Whether its task ended and the policy wants no other. */
  isSpent = false;
  readonly #history: TaskRun[] = [];
  #restartedAt: number[] = [];

  constructor(number: number | null) {
    this.number = number;
  }

  /** After how long an ended task is followed by another, which is then counted; null if it is not. */
  restartAfter(task: TaskRun, restarts: Restarts): number | null {
    const { condition, attempts, windowMs, delayMs } = restarts;
    if (condition === "none" || (condition === "on-failure" && task.isComplete)) return null;
    const counted = windowMs === 0 ? this.#restartedAt : this.#restartedAt.filter((at) => Date.now() - at < windowMs);
    if (attempts > 0 && counted.length >= attempts) return null;
    this.#restartedAt = [...counted, Date.now()];
    return delayMs;
  }

  /** Resets the counts, because the spec has changed. */
  forgive(): void {
    this.isSpent = false;
    this.#restartedAt = [];
  }

  /** Adds a task to the history, and returns those that are then too many, oldest first. */
  remember(task: TaskRun): readonly TaskRun[] {
    this.#history.push(task);
    return this.#history.splice(0, Math.max(0, this.#history.length - historyMax));
  }

  tasks(): readonly TaskRun[] {
    return [this.task, this.next].filter((task) => task !== null);
  }
}
