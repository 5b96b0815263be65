import { deathsOf, isFine, isRunning, newestTasks } from "./service-facts.js";
import type { ServiceSnapshot, StackSnapshot, TaskSnapshot } from "./stack.types.js";

export interface Suspect {
  readonly service: ServiceSnapshot;
  readonly task: TaskSnapshot;
  /** Whether it is as it should be, and is asked only because no other task is to blame. */
  readonly isFine: boolean;
}

/** No more than a person will read. */
const perService = 2;
const altogether = 8;

/** The tasks whose last log lines should explain why a stack is not as it should be. If none is to blame, the newest of each service. */
export const suspectsOf = ({ services }: StackSnapshot, settled: StackSnapshot | null): readonly Suspect[] => {
  const before = new Set(settled?.services.flatMap(({ tasks }) => tasks.filter(isRunning).map(({ id }) => id)) ?? []);
  const suspects = services.flatMap((service) => {
    const newest = newestTasks(service);
    const lost = service.tasks.filter((task) => before.has(task.id) && !isFine(service, task));
    const late = newest.filter((task) => !isFine(service, task) && task.container !== null);
    const dead = deathsOf(service).filter(({ since }) => since > (settled?.at ?? 0));
    // The last task to die says most; one that has just been restarted has not logged anything yet.
    return [...new Set([...lost, ...dead.slice(0, 1), ...late])].slice(0, perService).map((task) => ({ service, task, isFine: false }));
  });
  const shown =
    suspects.length > 0
      ? suspects
      : services.flatMap((service) =>
          newestTasks(service)
            .slice(0, 1)
            .map((task) => ({ service, task, isFine: true })),
        );
  return shown.slice(0, altogether);
};
