import type { ConvergenceRules, ServiceSnapshot, TaskSnapshot } from "./stack.types.js";

const endedBadly = new Set(["failed", "rejected", "orphaned"]);

export const isJob = ({ mode }: ServiceSnapshot): boolean => mode === "replicated-job" || mode === "global-job";

/** A service that is meant to end: its tasks are not started again once they ended with 0. */
export const mayEnd = (service: ServiceSnapshot): boolean => isJob(service) || service.restart.condition !== "any";

/** Whether a task ended by itself where it should not have: badly, or with 0 in a service that should stay. */
export const hasDied = (service: ServiceSnapshot, task: TaskSnapshot): boolean =>
  task.current && (endedBadly.has(task.state) || (task.state === "complete" && !mayEnd(service)));

/** The tasks of a service that have died, the last death first. */
export const deathsOf = (service: ServiceSnapshot): readonly TaskSnapshot[] =>
  service.tasks.filter((task) => hasDied(service, task)).toSorted((one, other) => other.since - one.since);

/** Whether a task does its work as the Swarm wants it to; one with a health check is `running` only once it is healthy. */
export const isRunning = (task: TaskSnapshot): boolean => task.current && task.desired === "running" && task.state === "running";

/** Whether a task is as it should be: it runs, or it was meant to end and has. */
export const isFine = (service: ServiceSnapshot, task: TaskSnapshot): boolean => isRunning(task) || (mayEnd(service) && task.state === "complete");

/** The last task of each place, of the spec as it stands. */
export const newestTasks = ({ tasks }: ServiceSnapshot): readonly TaskSnapshot[] => {
  const newest = new Map<string, TaskSnapshot>();
  for (const task of tasks) {
    const known = newest.get(task.place);
    if (task.current && (known === undefined || known.created < task.created)) newest.set(task.place, task);
  }
  return [...newest.values()];
};

export const monitorOf = (service: ServiceSnapshot, rules: ConvergenceRules): number => Math.max(rules.monitorMs, service.monitorMs ?? 0);

/** By then a task that is to be started again has its successor. */
const successorMs = 1_000;

/** The Swarm will start nothing more in this place: attempts are used up, or there were to be none. */
export const isGivenUp = (service: ServiceSnapshot, task: TaskSnapshot, at: number): boolean => {
  if (!hasDied(service, task) || task.desired !== "shutdown") return false;
  const { condition, maxAttempts } = service.restart;
  return condition === "none" || (maxAttempts > 0 && at - task.since >= successorMs);
};

/** By what the Swarm refused to make the task's container: its image or a mount. Waiting changes neither. Null: it did not. */
export const refusedBy = ({ state, error }: TaskSnapshot): "image" | "mount" | null => {
  if (state !== "rejected" || error === null) return null;
  if (/no such image|pull access denied|manifest (?:unknown|for .* not found)|repository does not exist/i.test(error)) return "image";
  return /\bmount|bind source path|\bvolume\b/i.test(error) ? "mount" : null;
};
