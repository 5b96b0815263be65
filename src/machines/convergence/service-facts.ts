import type { ConvergenceRules, ServiceSnapshot, TaskSnapshot } from "./stack.types.js";

const endedBadly = new Set(["failed", "rejected", "orphaned"]);

export const isJob = ({ mode }: ServiceSnapshot): boolean => mode === "replicated-job" || mode === "global-job";

/** Whether a service is meant to end: its tasks are not restarted after they end with 0. */
export const mayEnd = (service: ServiceSnapshot): boolean => isJob(service) || service.restart.condition !== "any";

/** Whether a task ended by itself and should not have: with an error, or with 0 in a service that should stay. */
export const hasDied = (service: ServiceSnapshot, task: TaskSnapshot): boolean =>
  task.current && (endedBadly.has(task.state) || (task.state === "complete" && !mayEnd(service)));

/** The tasks of a service that have died, the last death first. */
export const deathsOf = (service: ServiceSnapshot): readonly TaskSnapshot[] =>
  service.tasks.filter((task) => hasDied(service, task)).toSorted((one, other) => other.since - one.since);

/** Whether a task runs as the Swarm wants it to. A task with a health check is `running` only once it is healthy. */
export const isRunning = (task: TaskSnapshot): boolean => task.current && task.desired === "running" && task.state === "running";

/** Whether a task is as it should be: it runs, or it was meant to end and ended with 0. */
export const isFine = (service: ServiceSnapshot, task: TaskSnapshot): boolean =>
  isRunning(task) || (mayEnd(service) && task.state === "complete");

/** The newest task in each place that was made from the current spec. */
export const newestTasks = ({ tasks }: ServiceSnapshot): readonly TaskSnapshot[] => {
  const newest = new Map<string, TaskSnapshot>();
  for (const task of tasks) {
    const known = newest.get(task.place);
    if (task.current && (known === undefined || known.created < task.created)) newest.set(task.place, task);
  }
  return [...newest.values()];
};

export const monitorOf = (service: ServiceSnapshot, rules: ConvergenceRules): number => Math.max(rules.monitorMs, service.monitorMs ?? 0);

/** If a task is to be restarted, its successor exists after this time. ms */
const successorMs = 1_000;

/** Whether the Swarm will start nothing more in this place: its restart attempts are used up, or none are allowed. */
export const isGivenUp = (service: ServiceSnapshot, task: TaskSnapshot, at: number): boolean => {
  if (!hasDied(service, task) || task.desired !== "shutdown") return false;
  const { condition, maxAttempts } = service.restart;
  return condition === "none" || (maxAttempts > 0 && at - task.since >= successorMs);
};

/** Why the Swarm refused to create the task's container: its image or a mount. Waiting changes neither. Null: it did not refuse. */
export const refusedBy = ({ state, error }: TaskSnapshot): "image" | "mount" | null => {
  if (state !== "rejected" || error === null) return null;
  if (/no such image|pull access denied|manifest (?:unknown|for .* not found)|repository does not exist/i.test(error)) return "image";
  return /\bmount|bind source path|\bvolume\b/i.test(error) ? "mount" : null;
};
