import type { Yaml } from "../compose/schema.js";

/** The objects to which a service's compose keys refer: by key, the name on the Swarm and, if there is one, the id. */
export interface Known {
  /** The id of each, and whether a service can have aliases there, which is not possible in the host's. */
  readonly networks: ReadonlyMap<string, { readonly id: string; readonly hasAliases: boolean }>;
  readonly volumes: Readonly<Record<string, Yaml>>;
  readonly secrets: ReadonlyMap<string, { readonly name: string; readonly id: string | null }>;
  readonly configs: ReadonlyMap<string, { readonly name: string; readonly id: string | null }>;
}
