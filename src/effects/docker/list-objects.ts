import type { NamedObject } from "../../machines/names.js";
import type { ResidueKind } from "../../machines/vocabulary.js";
import type { Engine } from "./engine.js";
import type { Config, ContainerSummary, Labels, Network, Secret, Service, VolumeList } from "./engine-schema.js";

export type ObjectKind = Exclude<ResidueKind, "env" | "process">;

export interface SwarmObject extends NamedObject {
  readonly kind: ObjectKind;
  /** The daemon's own; a volume has none but its name. */
  readonly id: string;
}

export const stackLabelName = "com.docker.stack.namespace";

/** The daemon's filter for what is labelled as of the stack. */
export const ofStack = (stack: string): { readonly label: readonly string[] } => ({ label: [`${stackLabelName}=${stack}`] });

interface Listed {
  readonly id: string;
  readonly name: string;
  readonly labels: Labels | null | undefined;
}

type Lister = (engine: Engine, signal?: AbortSignal) => Promise<readonly Listed[]>;

const get = <T>(engine: Engine, path: string, signal?: AbortSignal, query = {}): Promise<T> =>
  engine.json<T>("GET", path, { query, ...(signal === undefined ? {} : { signal }) });

const swarmThings = (path: string): Lister => async (engine, signal) =>
  (await get<readonly (Service | Secret | Config)[]>(engine, path, signal)).map(({ ID, Spec }) => ({ id: ID, name: Spec.Name, labels: Spec.Labels }));

const listers: Readonly<Record<ObjectKind, Lister>> = {
  service: swarmThings("/services"),
  container: async (engine, signal) =>
    (await get<readonly ContainerSummary[]>(engine, "/containers/json", signal, { all: true })).map(({ Id, Names, Labels }) => ({
      id: Id,
      name: Names?.[0]?.replace(/^\//, "") ?? Id,
      labels: Labels,
    })),
  volume: async (engine, signal) =>
    ((await get<VolumeList>(engine, "/volumes", signal)).Volumes ?? []).map(({ Name, Labels }) => ({ id: Name, name: Name, labels: Labels })),
  secret: swarmThings("/secrets"),
  config: swarmThings("/configs"),
  network: async (engine, signal) =>
    (await get<readonly Network[]>(engine, "/networks", signal)).map(({ Id, Name, Labels }) => ({ id: Id, name: Name, labels: Labels })),
};

export const objectKinds: readonly ObjectKind[] = ["service", "container", "volume", "secret", "config", "network"];
export const everyKind: ReadonlySet<ObjectKind> = new Set(objectKinds);

/**
 * Every object of the Swarm with its name and its stack's label: one call for each kind, whatever there is.
 *
 * Rejects when any of them fails: half a list would make what is missing look gone.
 */
export const listObjects = async (engine: Engine, signal?: AbortSignal, kinds = everyKind): Promise<readonly SwarmObject[]> => {
  const lists = await Promise.all(
    objectKinds
      .filter((kind) => kinds.has(kind))
      .map(async (kind) => (await listers[kind](engine, signal)).map(({ id, name, labels }) => ({ kind, id, name, stackLabel: labels?.[stackLabelName] ?? null }))),
  );
  return lists.flat();
};
