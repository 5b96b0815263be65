import type { OwnableObject } from "../../../machines/ledger/ledger.js";
import type { Task } from "../engine-schema.js";
import { retryUntilAborted } from "../retry-until-aborted.js";
import type { TeardownSettings } from "./own-objects.js";

/**
 * The containers that the Swarm is still to stop, so that waiting is worth it: not those that have ended, and not those
 * of a task that it has forgotten. Docker 20.10 forgets the tasks of a job whose service is removed, and lets them run.
 */
export const stoppedBySwarm = async (
  { engine }: TeardownSettings,
  own: readonly OwnableObject[],
  signal: AbortSignal,
): Promise<readonly OwnableObject[]> => {
  const running = own.filter(({ container }) => container?.isOver === false);
  if (running.length === 0) return [];
  const tasks = await retryUntilAborted(() => engine.json<readonly Task[]>("GET", "/tasks", { signal }), signal);
  const known = new Set(tasks.map(({ ID }) => ID));
  return running.filter(({ container }) => container?.task == null || known.has(container.task));
};

/**
 * Stops containers of services that are gone, each with its service's own grace, without waiting: the Swarm would do the same
 * seconds later. If the grace is not known, leaves it to the Swarm.
 */
export const stopOnce = (
  { engine, graces }: TeardownSettings,
  own: readonly OwnableObject[],
  stopping: Set<string>,
  signal: AbortSignal,
): void => {
  for (const { id, container } of own) {
    const graceMs = container?.service == null ? undefined : graces.get(container.service);
    if (container?.isOver !== false || graceMs === undefined || stopping.has(id)) continue;
    stopping.add(id);
    const query = { t: Math.ceil(graceMs / 1_000) };
    // A stream, which is not counted among the calls at once, because the answer takes as long as the grace.
    engine.stream("POST", `/containers/${id}/stop`, { query, signal, limitMs: graceMs + 30_000 }).then(
      (answer) => answer.destroy(),
      () => undefined,
    );
  }
};
