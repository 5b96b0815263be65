import { shortName } from "../../../machines/reach.js";
import type { App, RecipeSettings } from "../../../machines/vocabulary.js";
import { isNotFound } from "../../docker/engine-errors.js";
import type { Engine } from "../../docker/engine.js";
import type { Info, Service, Task, Volume } from "../../docker/engine-schema.js";
import { stackFilter, stackLabelName } from "../../docker/stack-label.js";

/** A named volume that the app uses, and whether a file of ours can be put into it. */
export interface UsedVolume {
  /** The name on the Swarm. */
  readonly name: string;
  /** The name in the compose file, if the volume's name is made from that. */
  readonly short: string;
  /** Why no file of ours is put into it; null: one is. */
  readonly leftOut: string | null;
}

interface Use {
  readonly volume: string;
  readonly readOnly: boolean;
  /** Whether a task that uses it should run on this node. */
  readonly runsHere: boolean;
  readonly runs: boolean;
}

/** Whether a task should be running. A finished job has no container through which to look into its volumes. */
const isMeantToRun = ({ DesiredState }: Task): boolean => DesiredState === "running";

const usesOf = (service: Service, tasks: readonly Task[], node: string): readonly Use[] => {
  const meant = tasks.filter((task) => task.ServiceID === service.ID && isMeantToRun(task));
  const runsHere = meant.some(({ NodeID }) => NodeID === undefined || NodeID === "" || NodeID === node);
  return (service.Spec.TaskTemplate?.ContainerSpec?.Mounts ?? []).flatMap(({ Type, Source = "", ReadOnly = false }) =>
    Type === "volume" && Source !== "" ? [{ volume: Source, readOnly: ReadOnly, runsHere, runs: meant.length > 0 }] : [],
  );
};

const byUse = (uses: readonly Use[]): string | null => {
  if (!uses.some(({ runs }) => runs)) return "no task that mounts it is meant to run";
  const here = uses.filter(({ runsHere }) => runsHere);
  if (here.length === 0) return "it is mounted on another node only";
  return here.every(({ readOnly }) => readOnly) ? "it is mounted for reading only" : null;
};

/** Why the volume itself cannot have a file of ours; null if it can. One that does not exist yet will be the app's own. */
const byVolume = async (engine: Engine, app: App, name: string, signal: AbortSignal): Promise<string | null> => {
  try {
    const { Labels, Options } = await engine.json<Volume>("GET", `/volumes/${encodeURIComponent(name)}`, { signal });
    if (Labels?.[stackLabelName] !== app.stack) return "it is not the app's own: no label of its stack";
    return Options?.["type"] === "tmpfs" ? "it is kept in memory (type=tmpfs)" : null;
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
};

/** The named volumes of the app, sorted by name, each with the reason if it is left out. */
export const volumesOf = async (
  engine: Engine,
  app: App,
  { clearedVolumes }: Pick<RecipeSettings, "clearedVolumes">,
  signal: AbortSignal,
): Promise<readonly UsedVolume[]> => {
  const filters = stackFilter(app.stack);
  const { Swarm } = await engine.json<Info>("GET", "/info", { signal });
  const services = await engine.json<readonly Service[]>("GET", "/services", { query: { filters }, signal });
  const tasks = await engine.json<readonly Task[]>("GET", "/tasks", { query: { filters }, signal });
  const uses = services.flatMap((service) => usesOf(service, tasks, Swarm?.NodeID ?? ""));
  const names = [...new Set(uses.map(({ volume }) => volume))].toSorted();
  return Promise.all(
    names.map(async (name) => {
      const short = shortName(app, name);
      const isCleared = clearedVolumes.includes(short) || clearedVolumes.includes(name);
      const leftOut = isCleared
        ? "recipe.yml says that the app clears it (clearedVolumes)"
        : (byUse(uses.filter(({ volume }) => volume === name)) ?? (await byVolume(engine, app, name, signal)));
      return { name, short, leftOut };
    }),
  );
};
