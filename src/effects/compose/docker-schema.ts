import {
  commandLine,
  constraint,
  cpus,
  duration,
  endpointMode,
  healthDuration,
  idNumber,
  memory,
  oneOf,
  portSpec,
  positiveDuration,
  propagation,
  ratio,
  size,
  subnet,
  type Form,
} from "./forms.js";

/** The forms that docker's client accepts for a part of a compose file; anything not named is refused. */
export interface Shape {
  readonly word?: "text" | "number" | "text or number" | "boolean" | "any";
  /** What a text with a substituted variable is turned into; if not given, it stays a text. */
  readonly cast?: "whole number" | "number" | "boolean";
  /** For a number: no fraction; not below 0. */
  readonly isWhole?: true | undefined;
  readonly isCount?: true;
  /** The form that the client's schema, or the client right after it, demands of a text. */
  readonly form?: Form;
  /** The form that a deploy, by the client or the Swarm, demands as well. */
  readonly deployed?: Form;
  readonly isNullTaken?: true;
  readonly items?: Shape;
  readonly isUnique?: true;
  readonly keys?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  /** The first version in which a map is accepted at all. */
  readonly mapsSince?: number;
  /** The first minor version of keys that are newer than 3.0. */
  readonly since?: Readonly<Record<string, number>>;
  /** The first version in which keys that begin with `x-` are accepted. */
  readonly extensionsSince?: number;
  /** The shape of every value, if any key is accepted. */
  readonly values?: Shape;
  /** The form of those keys. */
  readonly keyForm?: RegExp;
}

const text: Shape = { word: "text" };
const number: Shape = { word: "number" };
const count: Shape = { word: "number", cast: "whole number", isWhole: true, isCount: true };
const flag: Shape = { word: "boolean", cast: "boolean" };
/** A boolean where a text stays a text, even if a variable was substituted in it. */
const plainFlag: Shape = { word: "boolean" };
const time: Shape = { ...text, form: duration };
const delay: Shape = { ...time, deployed: positiveDuration };
const healthTime: Shape = { ...time, deployed: healthDuration };
/** The form of names that docker's schema accepts. */
const keyForm = /^[a-zA-Z0-9._-]+$/;
const textOrNumber: Shape = { word: "text or number" };
/** For parts that docker's schema leaves open or that are not worth checking. */
const anything: Shape = {
  word: "any",
  isNullTaken: true,
  get items() {
    return anything;
  },
  get values() {
    return anything;
  },
};
const texts: Shape = { items: text, isUnique: true };
const textOrTexts: Shape = { ...text, ...texts };
/** As an entry's name in a map, docker's schema takes anything but an empty text, or one of line ends. */
export const namedAtAll = /[^\n]/;
const pairs: Shape = { ...texts, values: { ...textOrNumber, isNullTaken: true }, keyForm: namedAtAll };
const options: Shape = { values: textOrNumber };
const textOrList: Shape = { ...text, items: text };
const command: Shape = { ...textOrList, deployed: commandLine };

const update: Shape = {
  keys: {
    parallelism: count,
    delay,
    failure_action: { ...text, deployed: oneOf("pause", "continue", "rollback", "") },
    monitor: delay,
    max_failure_ratio: { ...number, cast: "number", deployed: ratio },
    order: { ...text, form: oneOf("start-first", "stop-first") },
  },
  since: { order: 4 },
};
/** The Swarm does not check its times and its ratio. */
const rollback: Shape = {
  ...update,
  keys: { ...update.keys, delay: time, monitor: time, max_failure_ratio: { ...number, cast: "number" } },
};
const amounts = { cpus: { ...text, deployed: cpus }, memory: { ...text, form: size, deployed: memory } } as const;
const limits: Shape = { keys: { ...amounts, pids: { ...number, isWhole: true } }, since: { pids: 9 } };
const generic: Shape = { items: { keys: { discrete_resource_spec: { keys: { kind: text, value: number } } } } };

const deploy: Shape = {
  isNullTaken: true,
  keys: {
    mode: { ...text, deployed: oneOf("replicated", "global", "replicated-job", "global-job", "") },
    endpoint_mode: { ...text, deployed: endpointMode },
    replicas: count,
    labels: pairs,
    update_config: update,
    rollback_config: rollback,
    resources: { keys: { limits, reservations: { keys: { ...amounts, generic_resources: generic }, since: { generic_resources: 5 } } } },
    restart_policy: {
      keys: { condition: { ...text, deployed: oneOf("none", "on-failure", "any", "") }, delay, max_attempts: count, window: delay },
    },
    placement: {
      keys: {
        constraints: { items: { ...text, deployed: constraint } },
        preferences: { items: { keys: { spread: text } } },
        max_replicas_per_node: count,
      },
      since: { preferences: 3, max_replicas_per_node: 8 },
    },
  },
  since: { endpoint_mode: 2, rollback_config: 7 },
};

const healthcheck: Shape = {
  keys: {
    disable: flag,
    interval: healthTime,
    retries: { ...count, isWhole: undefined },
    test: textOrList,
    timeout: healthTime,
    start_period: healthTime,
    start_interval: healthTime,
  },
  since: { start_period: 4, start_interval: 12 },
};

const id: Shape = { ...text, deployed: idNumber };

/** A secret or config of a service; other keys are ignored. */
const use: Shape = {
  items: { ...text, keys: { source: text, target: text, uid: id, gid: id, mode: { ...count, isWhole: undefined } }, values: anything },
};

const limit: Shape = { word: "number", cast: "whole number", isWhole: true };

const mount: Shape = {
  ...text,
  mapsSince: 2,
  required: ["type"],
  keys: {
    type: text,
    source: text,
    target: text,
    read_only: flag,
    consistency: text,
    bind: { keys: { propagation: { ...text, deployed: propagation } }, values: anything },
    volume: { keys: { nocopy: flag }, values: anything },
    tmpfs: { keys: { size: { ...number, isWhole: true, isCount: true } }, values: anything },
  },
};

const service: Shape = {
  keys: {
    ...Object.fromEntries(
      [
        "cgroup_parent",
        "cgroupns_mode",
        "container_name",
        "domainname",
        "hostname",
        "image",
        "ipc",
        "isolation",
        "mac_address",
        "network_mode",
        "restart",
        "stop_signal",
        "user",
        "userns_mode",
        "working_dir",
      ].map((key) => [key, text]),
    ),
    ...Object.fromEntries(
      ["cap_add", "cap_drop", "depends_on", "devices", "external_links", "links", "security_opt"].map((key) => [key, texts]),
    ),
    ...Object.fromEntries(["dns", "dns_search", "env_file", "tmpfs"].map((key) => [key, textOrTexts])),
    ...Object.fromEntries(["environment", "extra_hosts", "labels", "sysctls"].map((key) => [key, pairs])),
    ...Object.fromEntries(["privileged", "read_only", "stdin_open", "tty"].map((key) => [key, flag])),
    build: { ...text, values: anything },
    command,
    configs: use,
    credential_spec: { keys: { config: text, file: text, registry: text }, since: { config: 8 } },
    deploy,
    entrypoint: command,
    expose: { items: textOrNumber, isUnique: true },
    healthcheck,
    init: plainFlag,
    logging: { keys: { driver: text, options: { values: { ...textOrNumber, isNullTaken: true } } } },
    networks: {
      ...texts,
      keyForm,
      values: {
        isNullTaken: true,
        keys: { aliases: texts, driver_opts: options, ipv4_address: text, ipv6_address: text },
        since: { driver_opts: 13 },
      },
    },
    oom_score_adj: { ...number, cast: "whole number", isWhole: true },
    pid: { ...text, isNullTaken: true },
    ports: {
      items: { ...textOrNumber, form: portSpec, mapsSince: 2, keys: { mode: text, target: count, published: count, protocol: text } },
      isUnique: true,
    },
    secrets: use,
    shm_size: textOrNumber,
    stop_grace_period: time,
    ulimits: { values: { ...limit, keys: { soft: limit, hard: limit }, required: ["soft", "hard"] } },
    volumes: { items: mount },
  },
  since: { secrets: 1, configs: 3, credential_spec: 3, isolation: 5, init: 7, cgroupns_mode: 9, oom_score_adj: 13 },
  extensionsSince: 7,
};

const external: Shape = { ...flag, keys: { name: text } };
const openExternal: Shape = { ...flag, values: anything };
const ipam: Shape = { keys: { driver: text, config: { items: { keys: { subnet: { ...text, deployed: subnet } } } } } };

const network: Shape = {
  isNullTaken: true,
  keys: { name: text, driver: text, driver_opts: options, ipam, external, internal: flag, attachable: flag, labels: pairs },
  since: { attachable: 2, name: 5 },
  extensionsSince: 7,
};
const volume: Shape = {
  isNullTaken: true,
  keys: { name: text, driver: text, driver_opts: options, external, labels: pairs },
  since: { name: 4 },
  extensionsSince: 7,
};
const secret: Shape = {
  keys: { name: text, file: text, external: openExternal, labels: pairs, driver: text, driver_opts: options, template_driver: text },
  since: { name: 5, driver: 8, driver_opts: 8, template_driver: 8 },
  extensionsSince: 7,
};
const config: Shape = {
  keys: { name: text, file: text, external: openExternal, labels: pairs, template_driver: text },
  since: { name: 5, template_driver: 8 },
  extensionsSince: 7,
};

/**
 * What docker's client accepts in a compose file, from cli/compose/schema/data of docker/cli 20.10 to 29.7. Where the
 * versions differ, or a part is open, it is less strict than docker: it must refuse nothing that docker accepts.
 */
export const dockerSchema: Shape = {
  keys: {
    version: text,
    services: { values: service, keyForm },
    networks: { values: network },
    volumes: { values: volume, keyForm },
    secrets: { values: secret, keyForm },
    configs: { values: config, keyForm },
  },
  since: { secrets: 1, configs: 3 },
  extensionsSince: 4,
};

/** Keys of a service that docker's client refuses by name, unlike those that it does not know at all. */
export const forbiddenKeys = [
  "extends",
  "volume_driver",
  "volumes_from",
  "cpu_quota",
  "cpu_shares",
  "cpuset",
  "mem_limit",
  "memswap_limit",
];

/** The newest minor version of 3 that docker/cli 29.7 knows; files without a version line count as this one. */
export const newestMinor = 13;

/** The version that a file's version line means: `3` means the newest, and so does no line. */
export const versionOf = (line: string): string => (line === "" || line === "3" ? `3.${newestMinor}` : line);
