import { setTimeout as pause } from "node:timers/promises";
import { fromPromise } from "xstate";
import type { StackSnapshot } from "../../machines/convergence/stack.types.js";
import type { RunPorts } from "../../machines/run/run.ports.js";
import type { StackName } from "../../machines/vocabulary.js";
import type { Engine } from "./engine.js";
import type { Info, Service, Task } from "./engine-schema.js";
import { askEngineTime, notBefore } from "./engine-clock.js";
import { listContainers } from "./list-containers.js";
import { stackFilter } from "./stack-label.js";
import { latestIn, stackSnapshot } from "./stack-snapshot.js";

/** The engine's own node, to check what its Swarm says about it. */
export const ownNode = async (engine: Engine, signal: AbortSignal): Promise<string> =>
  (await engine.json<Info>("GET", "/info", { signal })).Swarm?.NodeID ?? "";

/** The tasks on this engine's own node that do not run, although its Swarm may say so. */
const unreportedOf = async (
  engine: Engine,
  { stack, node }: { readonly stack: StackName; readonly node: string },
  tasks: readonly Task[],
  signal: AbortSignal,
): Promise<ReadonlySet<string>> => {
  const containers = await listContainers(engine, { filters: { ...stackFilter(stack), status: ["running"] } }, signal);
  const run = new Set(containers.map(({ Id }) => Id));
  const isLost = ({ NodeID, Status }: Task): boolean =>
    Status.State === "running" && NodeID === node && !run.has(Status.ContainerStatus?.ContainerID ?? "");
  return new Set(tasks.filter(isLost).map(({ ID }) => ID));
};

/** Longer than one of the two calls takes. ms */
const justNowMs = 10_000;

const isTakenDownJustNow =
  (at: number) =>
  ({ DesiredState, UpdatedAt }: Task): boolean =>
    (DesiredState === "shutdown" || DesiredState === "remove") && at - Date.parse(UpdatedAt ?? "") < justNowMs;

/** The services as they were before their tasks were listed, with the version that each has after it. */
const withLaterVersions = (services: readonly Service[], later: readonly Service[]): readonly Service[] =>
  services.map((service) => {
    const version = later.find(({ ID }) => ID === service.ID)?.Version;
    return version === undefined ? service : { ...service, Version: version };
  });

/**
 * One look at a stack: two calls, whatever it holds, and a third while tasks are being taken down. `doubted`: the
 * engine's own node, to ask as well which containers run there. An engine that was restarted has ended all of them, and
 * its Swarm takes them for running up to a second longer.
 */
export const lookAtStack = async (
  engine: Engine,
  stack: StackName,
  signal: AbortSignal,
  { doubted }: { readonly doubted?: string } = {},
): Promise<StackSnapshot> => {
  const filters = stackFilter(stack);
  const began = await askEngineTime(engine, signal);
  // One after the other, so that tasks that exist at the look at the services are never missing.
  const listServices = (): Promise<readonly Service[]> =>
    engine.json<readonly Service[]>("GET", "/services", { query: { filters, status: true }, signal });
  const before = await listServices();
  const tasks = await engine.json<readonly Task[]>("GET", "/tasks", { query: { filters }, signal });
  // Whoever changed a service between the two calls had them taken down, which would else look as if nobody had.
  const services = tasks.some(isTakenDownJustNow(began)) ? withLaterVersions(before, await listServices()) : before;
  const at = notBefore(engine, began, latestIn(services, tasks));
  return stackSnapshot(
    at,
    services,
    tasks,
    doubted === undefined ? undefined : await unreportedOf(engine, { stack, node: doubted }, tasks, signal),
  );
};

/** A look that believes no Swarm whose daemon was away, or is about to be: it still takes tasks for running that ended with it. */
export const lookDoubting = async (engine: Engine, stack: StackName, signal: AbortSignal): Promise<StackSnapshot> =>
  lookAtStack(engine, stack, signal, { doubted: await ownNode(engine, signal) });

const betweenTriesMs = 500;

/**
 * Looks until docker answers, with how often the run has deployed by then. The daemon may be restarting; the chart limits how long that may
 * take.
 */
export const lookUntilAnswered = (engine: Engine, deploys: () => number): RunPorts["lookAtStack"] =>
  fromPromise(async ({ input: { app }, signal }) => {
    for (;;) {
      try {
        return { look: await lookDoubting(engine, app.stack, signal), deploys: deploys() };
      } catch (error) {
        if (signal.aborted) throw error;
        await pause(betweenTriesMs, undefined, { signal });
      }
    }
  });
