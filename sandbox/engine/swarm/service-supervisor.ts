import type { Service } from "../schema.js";
import { Supervisor } from "./supervisor.js";
import { fits } from "./node.js";
import { Rollout } from "./rollout.js";
import { Slot } from "./slot.js";
import { keyOf } from "./task-record.js";
import type { TaskRun } from "./task-run.js";
import { restartsOf } from "./timing.js";

/** Keeps replicas up, or for a global service one task per node. */
export class ServiceSupervisor extends Supervisor {
  readonly #slots: Slot[] = [];
  readonly #rollout = new Rollout(this.world);
  #key = "";

  desired({ Spec }: Service): number {
    return Spec.Mode.Global === undefined ? (Spec.Mode.Replicated?.Replicas ?? 1) : fits(Spec) ? 1 : 0;
  }

  protected reconcile(service: Service): boolean {
    const isGlobal = service.Spec.Mode.Global !== undefined;
    const wanted = this.desired(service);
    if (keyOf(service.Spec) !== this.#key) {
      this.#key = keyOf(service.Spec);
      for (const slot of this.#slots) slot.forgive();
    }
    while (this.#slots.length < wanted) this.#slots.push(new Slot(isGlobal ? null : this.#slots.length + 1));
    for (const slot of this.#slots.splice(wanted)) for (const task of slot.tasks()) void task.stop();
    for (const slot of this.#slots) this.#fill(service, slot);
    this.#rollout.step(service, this.#slots, (slot) => this.#begin(service, slot, 0));
    const now = this.world.serviceById(service.ID);
    const isUnderWay = now?.UpdateStatus?.State === "updating" || now?.UpdateStatus?.State === "rollback_started";
    return isUnderWay || this.#slots.some(({ task, isSpent }) => !isSpent && task?.isUp !== true);
  }

  #fill(service: Service, slot: Slot): void {
    if (slot.next?.hasEnded === true) {
      this.#rollout.noteFailure(service, slot.next);
      slot.next = null;
    }
    const { task } = slot;
    if (task === null) {
      if (!slot.isSpent) slot.task = this.#begin(service, slot, 0);
      return;
    }
    task.place();
    if (!task.hasEnded) return;
    // An update stopped it and starts its next task here.
    if (task.isStopping) slot.task = slot.isSpent ? null : this.#begin(service, slot, 0);
    else if (!slot.isSpent) {
      this.#rollout.noteFailure(service, task);
      const delayMs = slot.restartAfter(task, restartsOf(service.Spec.TaskTemplate.RestartPolicy, "any"));
      if (delayMs === null) slot.isSpent = true;
      else slot.task = this.#begin(service, slot, delayMs);
    }
  }

  #begin(service: Service, slot: Slot, delayMs: number): TaskRun {
    const task = this.start(service, slot.number, delayMs);
    for (const old of slot.remember(task)) this.forget(old);
    return task;
  }
}
