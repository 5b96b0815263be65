/**
 * What the operator lets the compose files of one recipe ask of the host, item by item; all of it is refused by default.
 *
 * The keys are those of `allow:` in recipe.yml.
 */
export interface Allow {
  /** Paths of the host that may be mounted; with `:ro` behind it, only to be read. */
  readonly bind: readonly string[];
  /** Ports that may be published under their own number. */
  readonly ports: readonly number[];
  readonly capabilities: readonly string[];
  readonly devices: readonly string[];
  readonly sysctls: readonly string[];
  /** Keys of a service that reach past its container, as `key=value`: `pid=host`. */
  readonly host: readonly string[];
  /** Hosts beside the app's own that its labels may ask the proxy for; or a whole rule that names none. */
  readonly hosts: readonly string[];
  /** Drivers of volumes, networks, logs and secrets beside those that stay inside the Swarm. */
  readonly drivers: readonly string[];
  /** Objects that are not the run's and may be used all the same. */
  readonly networks: readonly string[];
  readonly volumes: readonly string[];
  readonly secrets: readonly string[];
  readonly configs: readonly string[];
}

export type AllowKey = keyof Allow;
