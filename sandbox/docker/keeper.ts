import { existsSync, rmSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { faultsFor, standingFaults } from "../shared/faults.js";
import { keeperOf } from "./keeper-start.js";
import { startTask, type Task } from "./task.js";
import { all, claim, drop, get, killGroup, put, worldPath, type Container, type ServiceSpec, type UpdateStatus } from "./world.js";

const lookMs = 50;
/** How long a container outlives its service, in ms, unless a fault says otherwise. */
const lingerMs = 200;
/** The engine keeps this many tasks of a slot, the present one included. */
const historyMax = 5;

/** One of a service's replicas: the task it has, and the one that is to follow it in a start-first update. */
interface Slot {
  readonly number: number;
  task: Task | null;
  next: Task | null;
  /** Not before this moment, ms since the epoch. */
  startAt: number;
  attempts: number;
  readonly history: string[];
}

const subjectsOf = ({ name, stack }: ServiceSpec): readonly string[] => [`service ${name.slice(stack.length + 1)}`, `service ${name}`];

const lingerOf = (faults: readonly string[]): number => {
  const inUse = faults.find((act) => act.startsWith("in-use:"));
  return inUse === undefined ? lingerMs : Number(inUse.slice("in-use:".length));
};

/** The update that led to this spec, if there was one. */
const updateTo = ({ id, version }: ServiceSpec): UpdateStatus | null => {
  const update = get<UpdateStatus>("updates", id);
  return update?.version === version ? update : null;
};

const endUpdate = (spec: ServiceSpec, changes: Pick<UpdateStatus, "State"> & Partial<UpdateStatus>): void => {
  const before = updateTo(spec);
  if (before?.State === "updating") put("updates", spec.id, { ...before, ...changes });
};

const ownContainers = (serviceId: string): readonly Container[] => all<Container>("containers").filter((one) => one.serviceId === serviceId);

/** A task that ended is restarted after a while, if the policy has it so. */
const afterEnd = (slot: Slot, task: Task, { restart }: ServiceSpec): void => {
  slot.task = null;
  const wanted = restart.condition === "any" || (restart.condition === "on-failure" && task.exitCode() !== 0);
  slot.attempts += 1;
  const isSpent = restart.attempts > 0 && slot.attempts > restart.attempts;
  slot.startAt = wanted && !isSpent ? Date.now() + restart.delayMs : Number.POSITIVE_INFINITY;
};

/** One step of a rolling update in one slot. Stop-first: the old task goes, and the empty slot is filled at the next look. */
const replace = (slot: Slot, spec: ServiceSpec, start: (slot: Slot) => Task): void => {
  const { task, next } = slot;
  if (task === null) return;
  if (!spec.update.startFirst) {
    if (task.isStopping()) return;
    slot.startAt = 0;
    void task.stop(spec.graceMs);
  } else if (next === null) slot.next = start(slot);
  else if (next.isUp()) {
    void task.stop(spec.graceMs);
    slot.task = next;
    slot.next = null;
  }
};

const judgeUpdate = (slots: readonly Slot[], spec: ServiceSpec, failed: Task | null): void => {
  if (failed !== null) {
    return endUpdate(spec, { State: "paused", Message: `update paused due to failure or early termination of task ${failed.id.slice(0, 25)}` });
  }
  const isSettled = ({ task }: Slot): boolean => task !== null && task.version === spec.version && task.isUp() && task.upForMs() >= spec.update.monitorMs;
  if (slots.every(isSettled)) endUpdate(spec, { State: "completed", CompletedAt: new Date().toISOString(), Message: "update completed" });
};

/** Brings the slots one look nearer to what the spec wants. */
const reconcile = (slots: Slot[], spec: ServiceSpec, start: (slot: Slot) => Task): void => {
  while (slots.length < spec.replicas) slots.push({ number: slots.length + 1, task: null, next: null, startAt: 0, attempts: 0, history: [] });
  for (const slot of slots.splice(spec.replicas)) void slot.task?.stop(spec.graceMs);
  const state = updateTo(spec)?.State;
  let failed: Task | null = null;
  for (const slot of slots) {
    const { task } = slot;
    if (task?.hasEnded() === true) {
      const wasTold = task.isStopping();
      if (!wasTold && task.version === spec.version) failed = task;
      if (wasTold) slot.task = null;
      else afterEnd(slot, task, spec);
    }
    if (slot.next?.hasEnded() === true) {
      failed = slot.next;
      slot.next = null;
    }
    if (slot.task === null && Date.now() >= slot.startAt) slot.task = start(slot);
  }
  const isMoving = ({ task }: Slot): boolean => task === null || task.isStopping() || (task.version === spec.version && !task.isUp());
  const inFlight = (): number => slots.filter(isMoving).length;
  for (const slot of slots) {
    const isOld = slot.task !== null && slot.task.version !== spec.version;
    const mayGo = slot.next !== null || spec.update.parallelism === 0 || inFlight() < spec.update.parallelism;
    if (isOld && state !== "paused" && mayGo) replace(slot, spec, start);
  }
  judgeUpdate(slots, spec, failed);
};

/** Old tasks and their containers go when a slot has more than the engine keeps; the oldest is the first in the list. */
const trimHistory = (history: string[]): void => {
  for (const id of history.splice(0, Math.max(0, history.length - historyMax))) {
    drop("tasks", id);
    const container = get<Container>("containers", id);
    if (container !== null) put("containers", id, { ...container, removeAt: Date.now() });
  }
};

/** A keeper before us was killed: its processes are ended, and started anew. */
const endLeftovers = (serviceId: string): void => {
  for (const container of ownContainers(serviceId)) {
    if (container.state === "exited") continue;
    killGroup(container.pid, "SIGKILL");
    put("containers", container.id, { ...container, state: "exited", desired: "Shutdown", pid: null, exitCode: 137 });
  }
};

const present = (name: string, id: string): ServiceSpec | null => {
  const spec = get<ServiceSpec>("services", name);
  return spec?.id === id ? spec : null;
};

const stopAll = async (slots: readonly Slot[], graceMs: number): Promise<void> => {
  for (const task of slots.flatMap(({ task, next }) => [task, next])) void task?.stop(graceMs);
  for (const task of slots.flatMap(({ task, next }) => [task, next])) await task?.stop(graceMs);
};

/** The stack is gone: so are its tasks, and after a while the containers that are left of them. */
const takeDown = async (slots: readonly Slot[], spec: ServiceSpec): Promise<void> => {
  await stopAll(slots, spec.graceMs);
  const removeAt = Date.now() + lingerOf([...standingFaults(subjectsOf(spec)), ...slots.flatMap(({ task }) => task?.faults ?? [])]);
  for (const container of ownContainers(spec.id)) put("containers", container.id, { ...container, removeAt });
  for (const task of all<Container>("tasks")) if (task.serviceId === spec.id) drop("tasks", task.id);
  drop("updates", spec.id);
  for (const log of [spec.id, `${spec.id}.keeper`]) rmSync(worldPath("logs", log), { force: true });
};

/** Keeps one service as its spec says, until the spec is gone. */
export const keepService = async (name: string, id: string): Promise<void> => {
  const self = { pid: process.pid };
  if (!claim("keepers", id, self)) {
    if (keeperOf(id) !== null) return;
    put("keepers", id, self);
    endLeftovers(id);
  }
  const slots: Slot[] = [];
  let spec = present(name, id);
  for (let now = spec; now !== null; now = present(name, id)) {
    const current = now;
    spec = current;
    reconcile(slots, current, (slot) => {
      const task = startTask(current, slot.number, subjectsOf(current).flatMap(faultsFor), () => present(name, id) !== null);
      slot.history.push(task.id);
      trimHistory(slot.history);
      return task;
    });
    await pause(lookMs);
  }
  if (spec !== null && existsSync(worldPath())) await takeDown(slots, spec);
  else await stopAll(slots, 0);
  drop("keepers", id);
};
