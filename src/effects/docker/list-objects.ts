import type { ObjectKind, OwnableObject } from "../../machines/ledger/ledger.js";
import type { Engine } from "./engine.js";
import { listContainers } from "./list-containers.js";
import type { Config, ContainerSummary, Labels, Network, Secret, Service, VolumeList } from "./engine-schema.js";
import { stackLabelName } from "./stack-label.js";

export type SwarmObject = OwnableObject & { readonly kind: ObjectKind };

interface Listed {
  readonly id: string;
  readonly name: string;
  readonly labels: Labels | null | undefined;
  readonly uses?: readonly string[];
  readonly container?: NonNullable<OwnableObject["container"]>;
  readonly graceMs?: number;
}

const notRunning = new Set(["created", "exited", "dead"]);

/** A container's mounted volumes, by name, and its networks, by id. */
const usesOf = ({ Mounts, NetworkSettings }: ContainerSummary): readonly string[] => [
  ...(Mounts ?? []).flatMap(({ Type, Name }) => (Type === "volume" && Name !== undefined ? [Name] : [])),
  ...Object.values(NetworkSettings?.Networks ?? {}).flatMap(({ NetworkID }) =>
    NetworkID === undefined || NetworkID === "" ? [] : [NetworkID],
  ),
];

/** A service's secrets, configs and networks, by id: while the service exists, the Swarm removes none of them. */
const neededBy = ({ Spec: { TaskTemplate } }: Service): readonly string[] => [
  ...(TaskTemplate?.ContainerSpec?.Secrets ?? []).map(({ SecretID }) => SecretID),
  ...(TaskTemplate?.ContainerSpec?.Configs ?? []).map(({ ConfigID }) => ConfigID),
  ...(TaskTemplate?.Networks ?? []).flatMap(({ Target }) => Target ?? []),
];

type Lister = (engine: Engine, signal?: AbortSignal) => Promise<readonly Listed[]>;

const get = <T>(engine: Engine, path: string, signal?: AbortSignal): Promise<T> =>
  engine.json<T>("GET", path, signal === undefined ? {} : { signal });

const swarmThings =
  (path: string): Lister =>
  async (engine, signal) =>
    (await get<readonly (Secret | Config)[]>(engine, path, signal)).map(({ ID, Spec }) => ({
      id: ID,
      name: Spec.Name,
      labels: Spec.Labels,
    }));

/** The Engine's own default. */
const defaultGraceMs = 10_000;
const nsInMs = 1_000_000;

const graceOf = ({ Spec }: Service): number => {
  const grace = Spec.TaskTemplate?.ContainerSpec?.StopGracePeriod;
  return grace === undefined ? defaultGraceMs : Math.ceil(grace / nsInMs);
};

const listers: Readonly<Record<ObjectKind, Lister>> = {
  service: async (engine, signal) =>
    (await get<readonly Service[]>(engine, "/services", signal)).map((service) => ({
      id: service.ID,
      name: service.Spec.Name,
      labels: service.Spec.Labels,
      uses: neededBy(service),
      graceMs: graceOf(service),
    })),
  container: async (engine, signal) =>
    (await listContainers(engine, { all: true }, signal)).map((container) => ({
      id: container.Id,
      name: container.Names?.[0]?.replace(/^\//, "") ?? container.Id,
      labels: container.Labels,
      uses: usesOf(container),
      container: {
        isOver: notRunning.has(container.State ?? ""),
        task: container.Labels?.["com.docker.swarm.task.id"] ?? null,
        service: container.Labels?.["com.docker.swarm.service.id"] ?? null,
      },
    })),
  volume: async (engine, signal) =>
    ((await get<VolumeList>(engine, "/volumes", signal)).Volumes ?? []).map(({ Name, Labels }) => ({
      id: Name,
      name: Name,
      labels: Labels,
    })),
  secret: swarmThings("/secrets"),
  config: swarmThings("/configs"),
  network: async (engine, signal) =>
    (await get<readonly Network[]>(engine, "/networks", signal)).map(({ Id, Name, Labels }) => ({ id: Id, name: Name, labels: Labels })),
};

const objectKinds: readonly ObjectKind[] = ["service", "container", "volume", "secret", "config", "network"];

/** Every object of one kind, by one call. */
export const listKind = async (engine: Engine, kind: ObjectKind, signal?: AbortSignal): Promise<readonly SwarmObject[]> =>
  (await listers[kind](engine, signal)).map(({ labels, uses = [], ...rest }) => ({
    kind,
    ...rest,
    stackLabel: labels?.[stackLabelName] ?? null,
    uses,
  }));

/**
 * Every object of the engine and of the Swarm, with its stack's label and what it uses: one call for each kind, however many
 * objects there are.
 *
 * Rejects if any of the calls fails: with half a list, what is missing would look removed.
 */
export const listObjects = async (engine: Engine, signal?: AbortSignal): Promise<readonly SwarmObject[]> =>
  (await Promise.all(objectKinds.map((kind) => listKind(engine, kind, signal)))).flat();
