import type { Service } from "../schema.js";
import { Supervisor } from "./supervisor.js";
import { fits } from "./node.js";
import { Slot } from "./slot.js";
import { restartsOf } from "./timing.js";

/** Runs a job: a number of tasks that end with 0, a few at a time. An update restarts it. */
export class JobSupervisor extends Supervisor {
  #slots: Slot[] = [];
  #iteration = -1;

  desired({ Spec }: Service): number {
    if (Spec.Mode.GlobalJob !== undefined) return fits(Spec) ? 1 : 0;
    return Spec.Mode.ReplicatedJob?.TotalCompletions ?? 1;
  }

  protected reconcile(service: Service): boolean {
    const iteration = service.JobStatus?.JobIteration.Index ?? 0;
    if (iteration !== this.#iteration) {
      for (const slot of this.#slots) for (const task of slot.tasks()) void task.stop(undefined, "remove");
      this.#slots = [];
      this.#iteration = iteration;
    }
    const wanted = this.desired(service);
    while (this.#slots.length < wanted) this.#slots.push(new Slot(this.#slots.length));
    const isDone = ({ task }: Slot): boolean => task?.isComplete === true;
    const most = service.Spec.Mode.ReplicatedJob?.MaxConcurrent || wanted;
    const isAtWork = (slot: Slot): boolean => slot.task !== null && !slot.isSpent && !isDone(slot);
    for (const slot of this.#slots) {
      slot.task?.place();
      if (isDone(slot) || slot.isSpent) continue;
      if (slot.task === null) {
        if (this.#slots.filter(isAtWork).length < most) this.#begin(service, slot, 0);
      } else if (slot.task.hasEnded) {
        const delayMs = slot.restartAfter(slot.task, restartsOf(service.Spec.TaskTemplate.RestartPolicy, "on-failure"));
        if (delayMs === null) slot.isSpent = true;
        else this.#begin(service, slot, delayMs);
      }
    }
    return this.#slots.some((slot) => !isDone(slot) && !slot.isSpent);
  }

  #begin(service: Service, slot: Slot, delayMs: number): void {
    slot.task = this.start(service, service.Spec.Mode.GlobalJob === undefined ? slot.number : null, delayMs, true);
    for (const old of slot.remember(slot.task)) this.forget(old);
  }
}
