import type { StackSnapshot } from "../../../machines/convergence/stack.types.js";
import { endOf, taskName } from "../../../machines/convergence/task-words.js";
import type { Engine } from "../../docker/engine.js";
import { taskLog } from "../../docker/task-log.js";

const tasksMax = 2;
const linesMax = 15;

const ended: ReadonlySet<string> = new Set(["failed", "rejected"]);

/**
 * The last log lines of tasks that ended badly, the newest first, including those of a version that the Swarm has since
 * rolled back, which no longer belong to the service's current spec.
 */
export const lastWords = async (engine: Engine, { services }: StackSnapshot, signal: AbortSignal): Promise<readonly string[]> => {
  const dead = services
    .flatMap((service) => service.tasks.filter(({ state }) => ended.has(state)).map((task) => ({ task, name: taskName(service, task) })))
    .toSorted((one, other) => other.task.since - one.task.since)
    .slice(0, tasksMax);
  const told = dead.map(async ({ task, name }) => {
    const lines = task.container === null ? [] : await taskLog(engine, task.id, linesMax, signal).catch(() => []);
    return [`${name} died: ${endOf(task)}`, ...lines.map((line) => `  ${line}`)];
  });
  return (await Promise.all(told)).flat();
};
