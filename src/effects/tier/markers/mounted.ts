import { setTimeout as pause } from "node:timers/promises";
import { isRunError, RunError } from "../../../machines/errors.js";
import type { App } from "../../../machines/vocabulary.js";
import { isPassing, isRefused } from "../../docker/engine-errors.js";
import type { Engine } from "../../docker/engine.js";
import type { Service } from "../../docker/engine-schema.js";
import { listContainers } from "../../docker/list-containers.js";
import { stackFilter } from "../../docker/stack-label.js";

/** A volume where a running container has it. */
export interface Mounted {
  readonly container: string;
  /** In the container. */
  readonly path: string;
}

export interface VolumeWork<T> {
  readonly engine: Engine;
  readonly app: App;
  readonly volume: string;
  /** What is done to it, for people: `putting a marker into`. */
  readonly doing: string;
  /** Whether the container must be able to write there. */
  readonly writes: boolean;
  readonly act: (mounted: Mounted) => Promise<T>;
}

/** How long a container that is being replaced is waited for. ms */
const replacedMs = 90_000;
const betweenTriesMs = 250;

/** The youngest running container of the app on this node that has the volume; null while there is none. */
const findMount = async ({ engine, app, volume, writes }: Pick<VolumeWork<unknown>, "engine" | "app" | "volume" | "writes">, signal: AbortSignal): Promise<Mounted | null> => {
  const filters = { ...stackFilter(app.stack), status: ["running"] };
  const containers = await listContainers(engine, { filters }, signal);
  const found = containers
    .toSorted((one, other) => (other.Created ?? 0) - (one.Created ?? 0))
    .flatMap(({ Id, Mounts }) =>
      (Mounts ?? []).flatMap(({ Type, Name, Destination = "", RW = true }) => (Type === "volume" && Name === volume && (RW || !writes) ? [{ container: Id, path: Destination }] : [])),
    );
  return found[0] ?? null;
};

/** Whether another try may end otherwise: the container was taken away, stopped, or is being so, or the daemon restarts. */
const mayPass = (error: unknown): boolean => isPassing(error) || (isRefused(error) && [404, 409, 500].includes(error.status));

const isMounted = async ({ engine, app, volume }: VolumeWork<unknown>, signal: AbortSignal): Promise<boolean> => {
  const services = await engine.json<readonly Service[]>("GET", "/services", { query: { filters: stackFilter(app.stack) }, signal });
  return services.some(({ Spec }) => (Spec.TaskTemplate?.ContainerSpec?.Mounts ?? []).some(({ Type, Source }) => Type === "volume" && Source === volume));
};

const noMount = ({ app, volume, doing }: VolumeWork<unknown>): RunError =>
  new RunError("volume-unreachable", `${doing} the volume ${volume} is not possible: no service of ${app.domain} mounts the volume`, {
    hint: "What was in it is out of the app's reach. Did its name change, or the service that had it?",
  });

const gaveUp = ({ app, volume, doing }: VolumeWork<unknown>, limitMs: number, last: unknown): RunError =>
  new RunError("volume-unreachable", `${doing} the volume ${volume} of ${app.domain} was not possible within ${limitMs / 1_000} s: ${isRunError(last) ? last.message : "no container that has it mounted runs on this node"}`, {
    hint: "Does a container of the app come and go? The run's log has what the Swarm did meanwhile.",
    cause: last,
  });

/**
 * Does something to a volume through a container that has it. Where that container is being replaced, another is found
 * and it is done again, for 90 s: what cannot be done is an error and never an empty answer. A volume that no service
 * mounts is not waited for. `act` may be called again
 * after it was done half.
 */
export const withVolume = async <T>(work: VolumeWork<T>, signal: AbortSignal, limitMs = replacedMs): Promise<T> => {
  const end = performance.now() + limitMs;
  for (;;) {
    let last: unknown = null;
    try {
      const mounted = await findMount(work, signal);
      if (mounted !== null) return await work.act(mounted);
      if (!(await isMounted(work, signal))) throw noMount(work);
    } catch (error) {
      signal.throwIfAborted();
      if (!mayPass(error)) throw error;
      last = error;
    }
    if (performance.now() > end) throw gaveUp(work, limitMs, last);
    await pause(betweenTriesMs, undefined, { signal });
  }
};
