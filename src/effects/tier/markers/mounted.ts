import { setTimeout as pause } from "node:timers/promises";
import { isRunError, RunError } from "../../../machines/errors.js";
import type { App } from "../../../machines/vocabulary.js";
import type { InContainer } from "../../docker/archive.js";
import { isPassing, isRefused } from "../../docker/engine-errors.js";
import type { Engine } from "../../docker/engine.js";
import type { Service } from "../../docker/engine-schema.js";
import { listContainers } from "../../docker/list-containers.js";
import { stackFilter } from "../../docker/stack-label.js";

interface VolumeWork<T> {
  readonly engine: Engine;
  readonly app: App;
  readonly volume: string;
  /** What is being done to the volume, for people: `putting a marker into`. */
  readonly doing: string;
  /** Whether the container must be able to write there. */
  readonly writes: boolean;
  /** `mounted`: where a running container has mounted the volume. */
  readonly act: (mounted: InContainer) => Promise<T>;
}

/** How long to wait for a container that is being replaced. ms */
const replacedMs = 90_000;
const betweenTriesMs = 250;

/** The youngest running container of the app on this node that has the volume; null while there is none. */
const findMount = async (
  { engine, app, volume, writes }: Pick<VolumeWork<unknown>, "engine" | "app" | "volume" | "writes">,
  signal: AbortSignal,
): Promise<InContainer | null> => {
  const filters = { ...stackFilter(app.stack), status: ["running"] };
  const containers = await listContainers(engine, { filters }, signal);
  const found = containers
    .toSorted((one, other) => (other.Created ?? 0) - (one.Created ?? 0))
    .flatMap(({ Id, Mounts }) =>
      (Mounts ?? []).flatMap(({ Type, Name, Destination = "", RW = true }) =>
        Type === "volume" && Name === volume && (RW || !writes) ? [{ container: Id, path: Destination }] : [],
      ),
    );
  return found[0] ?? null;
};

/** Whether another try may succeed: the container was removed or stopped, or is about to be, or the daemon is restarting. */
const mayPass = (error: unknown): boolean => isPassing(error) || (isRefused(error) && [404, 409, 500].includes(error.status));

const isMounted = async ({ engine, app, volume }: VolumeWork<unknown>, signal: AbortSignal): Promise<boolean> => {
  const services = await engine.json<readonly Service[]>("GET", "/services", { query: { filters: stackFilter(app.stack) }, signal });
  return services.some(({ Spec }) =>
    (Spec.TaskTemplate?.ContainerSpec?.Mounts ?? []).some(({ Type, Source }) => Type === "volume" && Source === volume),
  );
};

const noMount = ({ app, volume, doing }: VolumeWork<unknown>): RunError =>
  new RunError("volume-unreachable", `${doing} the volume ${volume} is not possible: no service of ${app.domain} mounts the volume`, {
    hint: "What was in it is out of the app's reach. Did its name change, or the service that had it?",
  });

const gaveUp = ({ app, volume, doing }: VolumeWork<unknown>, limitMs: number, last: unknown): RunError =>
  new RunError(
    "volume-unreachable",
    `${doing} the volume ${volume} of ${app.domain} was not possible within ${limitMs / 1_000} s: ${isRunError(last) ? last.message : "no container that has it mounted runs on this node"}`,
    {
      hint: "Does a container of the app come and go? The run's log has what the Swarm did meanwhile.",
      cause: last,
    },
  );

/**
 * Does something to a volume through a container that has mounted it. If that container is being replaced, finds another and
 * tries again, for up to 90 s; then throws, so that a failure never looks like an empty answer. Does not wait for a volume that
 * no service mounts. `act` may be called again after it was done in part.
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
