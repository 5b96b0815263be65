import { formatDuration } from "../duration.js";
import { deathsOf, hasDied, newestTasks } from "./service-facts.js";
import type { ServiceSnapshot, TaskSnapshot } from "./stack.types.js";

export const taskName = (service: ServiceSnapshot, task: TaskSnapshot): string =>
  service.mode === "global" || service.mode === "global-job" ? `${service.name} on node ${task.place}` : `${service.name}.${task.place}`;

/** How a task ended, in the fewest words: Docker's `task: non-zero exit (1)` says no more than the exit code. */
export const endOf = ({ error, exitCode, state }: TaskSnapshot): string => {
  if (error !== null && /unhealthy/i.test(error)) return "its health check failed, and the Swarm killed it";
  const code = exitCode ?? /non-zero exit \((\d+)\)/.exec(error ?? "")?.[1] ?? null;
  const plain = error === null || /^task: non-zero exit \(\d+\)$/.test(error);
  if (state === "rejected") return `refused: ${error ?? "no reason given"}`;
  if (!plain) return error;
  return code === null ? state : `exit code ${code}${Number(code) === 137 ? " (killed)" : ""}`;
};

const stepWords: Readonly<Record<string, string>> = {
  new: "waits to be scheduled",
  pending: "has no node to run on yet",
  allocated: "has no node to run on yet",
  assigned: "waits for its node",
  accepted: "waits for its node",
  preparing: "is being prepared: its image or its network is not there yet",
  ready: "is about to start",
  starting: "has started and is not healthy yet",
};

const waiting = (task: TaskSnapshot, at: number): string => {
  const since = `for ${formatDuration(Math.max(0, at - task.since))}`;
  if (task.desired === "ready") return `waits for its restart ${since}`;
  if (task.error !== null) return `cannot be placed: ${task.error}`;
  return `${stepWords[task.state] ?? `is ${task.state}`} ${since}`;
};

/** What a task is doing at the moment of a look. */
const describeTask = (service: ServiceSnapshot, task: TaskSnapshot, at: number): string => {
  const name = taskName(service, task);
  if (hasDied(service, task)) return `${name} died ${formatDuration(Math.max(0, at - task.since))} ago: ${endOf(task)}`;
  if (task.state === "running") return `${name} has been running for ${formatDuration(Math.max(0, at - task.since))}`;
  if (task.state === "unreported") return `${name} has ended, and the Swarm has not heard of it yet`;
  return task.state === "complete" ? `${name} ended with 0` : `${name} ${waiting(task, at)}`;
};

/** The newest task of each place, and how the earlier ones ended. */
export const describeService = (service: ServiceSnapshot, at: number): readonly string[] => {
  const newest = newestTasks(service);
  const before = deathsOf(service)
    .filter((task) => !newest.includes(task))
    .slice(0, 3);
  const update = service.update === null ? [] : [`${service.name}: update ${service.update.state}: ${service.update.message}`];
  return [...update, ...[...newest, ...before].map((task) => describeTask(service, task, at))];
};
