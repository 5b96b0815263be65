/**
 * What the operator allows the compose files of one recipe to ask of the host, item by item. By default all of it is refused.
 *
 * The keys are those of `allow:` in recipe.yml.
 */
export interface Allow {
  /** Paths of the host that may be mounted; one that ends in `:ro` may be mounted read-only. */
  readonly bind: readonly string[];
  /** Ports that may be published under their own number. */
  readonly ports: readonly number[];
  readonly capabilities: readonly string[];
  readonly devices: readonly string[];
  readonly sysctls: readonly string[];
  /** Keys of a service that reach past its container, as `key=value`: `pid=host`. */
  readonly host: readonly string[];
  /** Hosts other than the app's own that its labels may ask the proxy for, or a whole rule that names no host. */
  readonly hosts: readonly string[];
  /** Drivers of volumes, networks, logs and secrets, in addition to those that stay inside the Swarm. */
  readonly drivers: readonly string[];
  /** Subnets that its networks may ask for, as the compose file has them. */
  readonly subnets: readonly string[];
  /** Objects that do not belong to the run but may be used by it. */
  readonly networks: readonly string[];
  readonly volumes: readonly string[];
  readonly secrets: readonly string[];
  readonly configs: readonly string[];
}

export type AllowKey = keyof Allow;
