/** The forms that docker's client takes for a part of a compose file; what is not named is refused. */
export interface Shape {
  /** Texts are taken wherever any other word is: a variable's value becomes a number or a boolean there. */
  readonly word?: "text" | "number" | "text or number" | "boolean" | "any";
  readonly isNullTaken?: true;
  readonly items?: Shape;
  readonly isUnique?: true;
  readonly keys?: Readonly<Record<string, Shape>>;
  /** Keys that came later than version 3.0, by the minor version. */
  readonly since?: Readonly<Record<string, number>>;
  /** The version from which on keys that begin with `x-` are taken. */
  readonly extensionsSince?: number;
  /** Any key, each with this. */
  readonly values?: Shape;
}

const text: Shape = { word: "text" };
const number: Shape = { word: "number" };
const flag: Shape = { word: "boolean" };
const textOrNumber: Shape = { word: "text or number" };
/** Where docker's schema is open, or says more than is worth foreseeing. */
const anything: Shape = { word: "any", isNullTaken: true, get items() { return anything; }, get values() { return anything; } };
const texts: Shape = { items: text, isUnique: true };
const textOrTexts: Shape = { ...text, ...texts };
const pairs: Shape = { ...texts, values: { ...textOrNumber, isNullTaken: true } };
const options: Shape = { values: textOrNumber };
const command: Shape = { ...text, items: text };

const update: Shape = { keys: { parallelism: number, delay: text, failure_action: text, monitor: text, max_failure_ratio: number, order: text }, since: { order: 4 } };
const limits: Shape = { keys: { cpus: text, memory: text, pids: number }, since: { pids: 9 } };
const generic: Shape = { items: { keys: { discrete_resource_spec: { keys: { kind: text, value: number } } } } };

const deploy: Shape = {
  isNullTaken: true,
  keys: {
    mode: text,
    endpoint_mode: text,
    replicas: number,
    labels: pairs,
    update_config: update,
    rollback_config: update,
    resources: { keys: { limits, reservations: { keys: { cpus: text, memory: text, generic_resources: generic }, since: { generic_resources: 5 } } } },
    restart_policy: { keys: { condition: text, delay: text, max_attempts: number, window: text } },
    placement: { keys: { constraints: { items: text }, preferences: { items: { keys: { spread: text } } }, max_replicas_per_node: number }, since: { preferences: 3, max_replicas_per_node: 8 } },
  },
  since: { endpoint_mode: 2, rollback_config: 7 },
};

const healthcheck: Shape = {
  keys: { disable: flag, interval: text, retries: number, test: command, timeout: text, start_period: text, start_interval: text },
  since: { start_period: 4, start_interval: 12 },
};

/** A secret or config of a service; more keys are passed over. */
const use: Shape = { items: { ...text, values: anything } };

const service: Shape = {
  keys: {
    ...Object.fromEntries(["cgroup_parent", "cgroupns_mode", "container_name", "domainname", "hostname", "image", "ipc", "isolation", "mac_address", "network_mode", "restart", "stop_grace_period", "stop_signal", "user", "userns_mode", "working_dir"].map((key) => [key, text])),
    ...Object.fromEntries(["cap_add", "cap_drop", "depends_on", "devices", "external_links", "links", "security_opt"].map((key) => [key, texts])),
    ...Object.fromEntries(["dns", "dns_search", "env_file", "tmpfs"].map((key) => [key, textOrTexts])),
    ...Object.fromEntries(["environment", "extra_hosts", "labels", "sysctls"].map((key) => [key, pairs])),
    ...Object.fromEntries(["init", "privileged", "read_only", "stdin_open", "tty"].map((key) => [key, flag])),
    build: { ...text, values: anything },
    command,
    configs: use,
    credential_spec: { keys: { config: text, file: text, registry: text }, since: { config: 8 } },
    deploy,
    entrypoint: command,
    expose: { items: textOrNumber, isUnique: true },
    healthcheck,
    logging: { keys: { driver: text, options: { values: { ...textOrNumber, isNullTaken: true } } } },
    networks: { ...texts, values: { isNullTaken: true, keys: { aliases: texts, driver_opts: options, ipv4_address: text, ipv6_address: text }, since: { driver_opts: 13 } } },
    oom_score_adj: number,
    pid: { ...text, isNullTaken: true },
    ports: { items: { ...textOrNumber, keys: { mode: text, target: number, published: number, protocol: text } }, isUnique: true },
    secrets: use,
    shm_size: textOrNumber,
    ulimits: { values: anything },
    volumes: { items: { ...text, keys: { type: text, source: text, target: text, read_only: flag, consistency: text, bind: { values: anything }, volume: { values: anything }, tmpfs: { values: anything } } } },
  },
  since: { secrets: 1, configs: 3, credential_spec: 3, isolation: 5, init: 7, cgroupns_mode: 9, oom_score_adj: 13 },
  extensionsSince: 7,
};

const external: Shape = { ...flag, keys: { name: text } };
const openExternal: Shape = { ...flag, values: anything };
const ipam: Shape = { keys: { driver: text, config: { items: { keys: { subnet: text } } } } };

const network: Shape = { isNullTaken: true, keys: { name: text, driver: text, driver_opts: options, ipam, external, internal: flag, attachable: flag, labels: pairs }, since: { attachable: 2, name: 5 }, extensionsSince: 7 };
const volume: Shape = { isNullTaken: true, keys: { name: text, driver: text, driver_opts: options, external, labels: pairs }, since: { name: 4 }, extensionsSince: 7 };
const secret: Shape = { keys: { name: text, file: text, external: openExternal, labels: pairs, driver: text, driver_opts: options, template_driver: text }, since: { name: 5, driver: 8, driver_opts: 8, template_driver: 8 }, extensionsSince: 7 };
const config: Shape = { keys: { name: text, file: text, external: openExternal, labels: pairs, template_driver: text }, since: { name: 5, template_driver: 8 }, extensionsSince: 7 };

/**
 * What docker's client takes in a compose file, by cli/compose/schema/data of docker/cli 20.10 to 29.7. Where the versions
 * differ, or a part is open, it says less than docker: nothing that docker takes may be refused by it.
 */
export const dockerSchema: Shape = {
  keys: { version: text, services: { values: service }, networks: { values: network }, volumes: { values: volume }, secrets: { values: secret }, configs: { values: config } },
  since: { secrets: 1, configs: 3 },
  extensionsSince: 4,
};

/** Of version 3, the newest that docker/cli 29.7 knows: what a client that takes files without a version line takes them for. */
export const newestMinor = 13;
