interface Timer {
  readonly id: number;
  readonly dueMs: number;
  readonly lengthMs: number;
  readonly fire: () => void;
}

/**
 * A simulated clock that can also be told which delay ends next.
 *
 * A shortest path may take a long delay where a shorter one runs beside it: what the chart makes of that must not
 * depend on which of them a real clock would have let through first.
 */
export class PickedClock {
  #now = 0;
  #ids = 0;
  #timers: Timer[] = [];

  readonly setTimeout = (fire: (...given: unknown[]) => void, lengthMs: number): number => {
    this.#ids += 1;
    this.#timers.push({ id: this.#ids, dueMs: this.#now + lengthMs, lengthMs, fire });
    return this.#ids;
  };

  readonly clearTimeout = (id: number): void => {
    this.#timers = this.#timers.filter((timer) => timer.id !== id);
  };

  get pending(): number {
    return this.#timers.length;
  }

  #end(timer: Timer): void {
    this.clearTimeout(timer.id);
    timer.fire();
  }

  /** Ends the running delay of this length. False if there is none. */
  end(lengthMs: number): boolean {
    const timer = this.#timers.find((one) => one.lengthMs === lengthMs);
    if (timer === undefined) return false;
    this.#end(timer);
    return true;
  }

  /** Lets time pass until the next delay ends. False if none is running. */
  next(): boolean {
    const [timer] = this.#timers.toSorted((one, other) => one.dueMs - other.dueMs || one.id - other.id);
    if (timer === undefined) return false;
    this.#now = Math.max(this.#now, timer.dueMs);
    this.#end(timer);
    return true;
  }

  get nowMs(): number {
    return this.#now;
  }
}
