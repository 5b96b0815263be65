import type { Service, UpdateState, UpdateStatus } from "../schema.js";
import { now } from "../world/place.js";
import type { World } from "../world/world.js";
import { keyOf } from "./task-record.js";
import type { TaskRun } from "./task-run.js";
import type { Slot } from "./slot.js";
import { updatesOf, type Updates } from "./timing.js";

const isGoingBack = (state: UpdateState | undefined): boolean => state === "rollback_started";
const isMoving = (state: UpdateState | undefined): boolean => state === "updating" || isGoingBack(state);
const isHalted = (state: UpdateState | undefined): boolean => state === "paused" || state === "rollback_paused";

export const startOfUpdate = (): UpdateStatus => ({ State: "updating", StartedAt: now(), Message: "update in progress" });

/** A service's rolling update: which slot is next, and how the update ends. There is one for the life of a service. */
export class Rollout {
  readonly #world: World;
  readonly #failed = new Set<string>();
  #lastStepAt = 0;
  #updateOf = "";

  constructor(world: World) {
    this.#world = world;
  }

  /** Counts a task that ended by itself while its spec was being rolled out as a failure of the update. */
  noteFailure(service: Service, task: TaskRun): void {
    if (isMoving(service.UpdateStatus?.State) && task.key === keyOf(service.Spec)) this.#failed.add(task.id);
  }

  /** Brings old slots one step nearer to the spec, and judges the update. `start` starts a task of the current spec. */
  step(service: Service, slots: readonly Slot[], start: (slot: Slot) => TaskRun): void {
    const status = service.UpdateStatus;
    if (status !== undefined && `${status.StartedAt} ${status.State}` !== this.#updateOf) {
      this.#updateOf = `${status.StartedAt} ${status.State}`;
      this.#failed.clear();
    }
    const settings = updatesOf(isGoingBack(status?.State) ? service.Spec.RollbackConfig : service.Spec.UpdateConfig);
    const key = keyOf(service.Spec);
    const busy = (): number => slots.filter((slot) => isInFlight(slot, key)).length;
    for (const slot of slots) {
      if (slot.task === null || slot.task.key === key || isHalted(status?.State)) continue;
      const isUnderWay = slot.next !== null || slot.task.isStopping;
      const mayBegin = Date.now() - this.#lastStepAt >= settings.delayMs && (settings.parallelism === 0 || busy() < settings.parallelism);
      if (isUnderWay || mayBegin) this.#replace(slot, settings, start);
    }
    if (isMoving(status?.State)) this.#judge(service, slots, settings);
  }

  /** Stop-first: stops the old task; the service's supervisor then fills the empty slot. */
  #replace(slot: Slot, { startFirst }: Updates, start: (slot: Slot) => TaskRun): void {
    const { task, next } = slot;
    if (task === null) return;
    if (!startFirst || task.hasEnded) {
      if (task.isStopping) return;
      this.#lastStepAt = Date.now();
      void task.stop();
    } else if (next === null) {
      this.#lastStepAt = Date.now();
      slot.next = start(slot);
    } else if (next.isUp) {
      void task.stop();
      slot.task = next;
      slot.next = null;
    }
  }

  #judge(service: Service, slots: readonly Slot[], { failureAction, failureRatio, monitorMs }: Updates): void {
    const back = isGoingBack(service.UpdateStatus?.State);
    const [failed] = this.#failed;
    if (failed !== undefined && this.#failed.size / Math.max(1, slots.length) > failureRatio && failureAction !== "continue") {
      if (failureAction === "rollback" && !back) return this.#goBack(service, failed);
      const message = `${back ? "rollback" : "update"} paused due to failure or early termination of task ${failed}`;
      return this.#set(service, { State: back ? "rollback_paused" : "paused", Message: message });
    }
    const key = keyOf(service.Spec);
    const isSettled = ({ task, isSpent }: Slot): boolean =>
      isSpent || (task !== null && task.key === key && task.isUp && task.upForMs >= monitorMs);
    if (slots.every(isSettled))
      this.#set(service, {
        State: back ? "rollback_completed" : "completed",
        CompletedAt: now(),
        Message: back ? "rollback completed" : "update completed",
      });
  }

  #goBack(service: Service, failed: string): void {
    const { PreviousSpec, ...rest } = service;
    if (PreviousSpec === undefined)
      return this.#set(service, { State: "paused", Message: `update paused due to failure or early termination of task ${failed}` });
    const status: UpdateStatus = {
      State: "rollback_started",
      StartedAt: service.UpdateStatus?.StartedAt ?? now(),
      Message: `update rolled back due to failure or early termination of task ${failed}`,
    };
    this.#world.services.put({ ...rest, Spec: PreviousSpec, Version: this.#world.nextVersion(), UpdatedAt: now(), UpdateStatus: status });
    this.#say(service, "rollback_started");
  }

  #set(service: Service, changes: Partial<UpdateStatus> & Pick<UpdateStatus, "State" | "Message">): void {
    const before = service.UpdateStatus ?? startOfUpdate();
    this.#world.services.put({ ...service, Version: this.#world.nextVersion(), UpdatedAt: now(), UpdateStatus: { ...before, ...changes } });
    this.#say(service, changes.State);
  }

  #say({ ID, Spec, UpdateStatus }: Service, state: UpdateState): void {
    this.#world.bulletin.say(
      "service",
      "update",
      ID,
      { name: Spec.Name, "updatestate.new": state, "updatestate.old": UpdateStatus?.State ?? "" },
      "swarm",
    );
  }
}

const isInFlight = ({ task, next }: Slot, key: string): boolean =>
  next !== null || task === null || task.isStopping || (task.key === key && !task.isUp);
