import type { Service, TaskState } from "../schema.js";
import type { TaskRecord } from "../world/records.js";
import type { World } from "../world/world.js";
import { fixedHostPortsOf, type Placed } from "./node.js";

/** States in which a task occupies the node. */
const isThere: ReadonlySet<TaskState> = new Set(["assigned", "preparing", "starting", "running"]);

const isToStay: ReadonlySet<TaskState> = new Set(["running", "complete"]);

/** What is on the node besides one task of this service. */
export const placedBeside = (world: World, taskId: string, { ID }: Service): Placed => {
  const others: readonly TaskRecord[] = world.tasks.all().filter(({ task }) => task.ID !== taskId && isThere.has(task.Status.State));
  const reservations = others.map(({ task }) => task.Spec.Resources?.Reservations ?? {});
  const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
  // An updated service may still have tasks with its former ports.
  const taken = new Set([
    ...others.flatMap(({ task }) => world.serviceById(task.ServiceID) ?? []).flatMap(({ Spec }) => fixedHostPortsOf(Spec)),
    ...world.containers
      .all()
      .flatMap((container) => (container.state === "exited" || container.taskId === taskId ? [] : Object.values(container.ports))),
  ]);
  return {
    ofService: others.filter(({ task }) => task.ServiceID === ID && isToStay.has(task.DesiredState)).length,
    reserved: {
      nanoCpus: sum(reservations.map(({ NanoCPUs = 0 }) => NanoCPUs)),
      memoryBytes: sum(reservations.map(({ MemoryBytes = 0 }) => MemoryBytes)),
    },
    isTaken: (port) => taken.has(port),
  };
};
