import type { ObjectKind } from "./compose-objects.js";
import type { Place } from "./compose-refused.js";
import type { ComposeService } from "./compose-service.js";
import type { Compose } from "./resolve-compose.js";

/** A service's use of a network, volume, secret or config, by its name in the file. */
interface ObjectUse {
  readonly at: Place;
  readonly kind: ObjectKind;
  readonly key: string;
}

export const usesOf = ({ mounts, secrets, configs, networks }: ComposeService): readonly ObjectUse[] => [
  ...mounts
    .filter(({ type, source }) => type === "volume" && source !== "")
    .map(({ at, source }) => ({ at, kind: "volumes" as const, key: source })),
  ...secrets.map(({ at, name }) => ({ at, kind: "secrets" as const, key: name })),
  ...configs.map(({ at, name }) => ({ at, kind: "configs" as const, key: name })),
  ...networks.map(({ at, name }) => ({ at, kind: "networks" as const, key: name })),
];

/** A key that is equal for an object and each of its uses: files may have tens of thousands of both. */
export const useKey = ({ kind, key }: Pick<ObjectUse, "kind" | "key">): string => `${kind} ${key}`;

/** The keys, by kind, of what the services use: docker considers only those. */
export const usedKeys = ({ services }: Pick<Compose, "services">): Readonly<Record<ObjectKind, ReadonlySet<string>>> => ({
  networks: new Set(services.flatMap(({ networks }) => (networks.length === 0 ? ["default"] : networks.map(({ name }) => name)))),
  volumes: new Set(services.flatMap(({ mounts }) => mounts.map(({ source }) => source))),
  secrets: new Set(services.flatMap(({ secrets }) => secrets.map(({ name }) => name))),
  configs: new Set(services.flatMap(({ configs }) => configs.map(({ name }) => name))),
});
