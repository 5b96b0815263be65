import { refuse } from "../refusal.js";

export type Yaml = Readonly<Record<string, unknown>>;

export const isMap = (value: unknown): value is Yaml => typeof value === "object" && value !== null && !Array.isArray(value);

type Check = (value: unknown) => string | null;

const isNumber = (value: unknown): boolean => typeof value === "number" || (typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value));

const a = (what: string, test: (value: unknown) => boolean): Check => (value) => (test(value) ? null : `must be a ${what}`);

const string = a("string", (value) => typeof value === "string");
const bool = a("boolean", (value) => typeof value === "boolean" || value === "true" || value === "false");
const integer = a("integer", (value) => Number.isInteger(Number(value)) && isNumber(value));
const number = a("number", isNumber);
const list = a("list", Array.isArray);
const map = a("mapping", (value) => isMap(value) || value === null);
const text = a("string or list", (value) => typeof value === "string" || Array.isArray(value));
const anything: Check = () => null;
const duration: Check = (value) => (typeof value === "string" && /^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$|^0$/.test(value) ? null : "Does not match format 'duration'");

/** A list of `KEY=value`, or a map whose values are texts, numbers or nothing; it is not nothing itself. */
const pairs = (value: unknown, at: string): void => {
  if (Array.isArray(value)) return;
  if (!isMap(value)) return void refuse(`${at} must be a mapping`);
  for (const [key, one] of Object.entries(value)) {
    if (one !== null && typeof one !== "string" && typeof one !== "number") refuse(`${at}.${key} must be a string, number or null`);
  }
};

type Keys = Readonly<Record<string, Check | ((value: unknown, at: string) => void)>>;

const restartKeys: Keys = { condition: string, delay: duration, max_attempts: integer, window: duration };
const updateKeys: Keys = { parallelism: integer, delay: duration, failure_action: string, monitor: duration, max_failure_ratio: number, order: string };
const limitKeys: Keys = { cpus: string, memory: string, pids: integer };
const reservationKeys: Keys = { cpus: string, memory: string, generic_resources: list };

const nested = (keys: Keys) => (value: unknown, at: string): void => {
  if (value !== null) assertKeys(value, keys, at);
};

const deployKeys: Keys = {
  mode: string,
  endpoint_mode: string,
  replicas: integer,
  labels: pairs,
  rollback_config: nested(updateKeys),
  update_config: nested(updateKeys),
  resources: nested({ limits: nested(limitKeys), reservations: nested(reservationKeys) }),
  restart_policy: nested(restartKeys),
  placement: nested({ constraints: list, preferences: list, max_replicas_per_node: integer }),
};

const healthKeys: Keys = { disable: bool, interval: duration, retries: number, test: text, timeout: duration, start_period: duration, start_interval: duration };

const serviceKeys: Keys = {
  deploy: nested(deployKeys),
  healthcheck: nested(healthKeys),
  image: string,
  command: (value, at) => (value === null ? undefined : say(text(value), at)),
  entrypoint: (value, at) => (value === null ? undefined : say(text(value), at)),
  environment: pairs,
  env_file: text,
  labels: pairs,
  depends_on: list,
  configs: list,
  secrets: list,
  volumes: list,
  ports: list,
  networks: anything,
  ...Object.fromEntries(["build", "container_name", "expose", "external_links", "links", "network_mode", "privileged", "restart", "pid", "ipc", "security_opt", "devices", "domainname", "mac_address", "userns_mode", "shm_size", "cgroup_parent", "cgroupns_mode"].map((key) => [key, anything])),
  cap_add: list,
  cap_drop: list,
  credential_spec: map,
  dns: text,
  dns_search: text,
  extra_hosts: anything,
  hostname: string,
  init: bool,
  isolation: string,
  logging: nested({ driver: string, options: anything }),
  oom_score_adj: integer,
  read_only: bool,
  stdin_open: bool,
  stop_grace_period: duration,
  stop_signal: string,
  sysctls: anything,
  tmpfs: text,
  tty: bool,
  ulimits: map,
  user: string,
  working_dir: string,
};

const networkKeys: Keys = { name: string, driver: string, driver_opts: map, ipam: map, external: anything, internal: bool, attachable: bool, labels: pairs };
const volumeKeys: Keys = { name: string, driver: string, driver_opts: map, external: anything, labels: pairs, cluster_volume_spec: anything };
const fileKeys: Keys = { name: string, file: string, external: anything, labels: pairs, driver: string, driver_opts: map, template_driver: string };

/** What a service may not have: it is refused by its name alone. */
const forbidden = ["extends", "volume_driver", "volumes_from", "cpu_quota", "cpu_shares", "cpuset", "mem_limit", "memswap_limit"];

const say = (wrong: string | null, at: string): void => {
  if (wrong !== null) refuse(`${at} ${wrong}`);
};

const assertKeys = (value: unknown, keys: Keys, at: string, allowsExtensions = false): void => {
  if (!isMap(value)) return void refuse(`${at} must be a mapping`);
  const unknown = Object.keys(value).filter((key) => !(key in keys) && !(allowsExtensions && key.startsWith("x-"))).toSorted()[0];
  if (unknown !== undefined) refuse(`${at} Additional property ${unknown} is not allowed`);
  for (const [key, one] of Object.entries(value)) {
    const check = keys[key];
    if (check === undefined) continue;
    const wrong = check(one, `${at}.${key}`);
    if (typeof wrong === "string") say(wrong, `${at}.${key}`);
  }
};

const sections: Readonly<Record<string, Keys>> = { services: serviceKeys, networks: networkKeys, volumes: volumeKeys, secrets: fileKeys, configs: fileKeys };

const assertVersion = (version: unknown): void => {
  if (version === undefined) return;
  const text = String(version);
  if (typeof version !== "string" && typeof version !== "number") refuse("version must be a string");
  const minor = /^3(?:\.(\d+))?$/.exec(text);
  if (minor === null || Number(minor[1] ?? 0) > 13) refuse(`unsupported Compose file version: ${text}`);
};

/** Refuses a file that the client would not take, in its words. Texts are interpolated by then. */
export const assertCompose = (document: Yaml): void => {
  assertVersion(document["version"]);
  const root = Object.keys(document).filter((key) => !(key in sections) && key !== "version" && !key.startsWith("x-")).toSorted()[0];
  const services = document["services"];
  if ("services" in document && !isMap(services)) refuse("services must be a mapping");
  if (isMap(services) && Object.values(services).some((service) => isMap(service) && forbidden.some((key) => key in service))) refuse("Configuration contains forbidden properties");
  if (root !== undefined) refuse(`(root) Additional property ${root} is not allowed`);
  for (const [section, keys] of Object.entries(sections)) {
    const things = document[section];
    if (things === undefined) continue;
    if (!isMap(things)) {
      refuse(`${section} must be a mapping`);
      continue;
    }
    for (const [name, thing] of Object.entries(things)) {
      // Only a service has to be something.
      if (thing === null && section !== "services") continue;
      assertKeys(thing, keys, `${section}.${name}`, true);
    }
  }
};

const unsupported = ["build", "cgroup_parent", "cgroupns_mode", "devices", "domainname", "external_links", "ipc", "links", "mac_address", "network_mode", "pid", "privileged", "restart", "security_opt", "shm_size", "userns_mode"];

const deprecated: Readonly<Record<string, string>> = {
  container_name: "Setting the container name is not supported.",
  expose: "Exposing ports is unnecessary - services on the same network can access each other's containers on any port.",
};

/** What a stack's deploy takes and does not heed, as the client warns of it. */
export const ignoredIn = (services: Yaml): readonly string[] => {
  const keys = new Set(Object.values(services).flatMap((service) => (isMap(service) ? Object.keys(service) : [])));
  const ignored = unsupported.filter((key) => keys.has(key));
  const old = Object.entries(deprecated).filter(([key]) => keys.has(key));
  return [
    ...(ignored.length === 0 ? [] : [`Ignoring unsupported options: ${ignored.join(", ")}\n`]),
    ...(old.length === 0 ? [] : ["Ignoring deprecated options:\n", ...old.map(([key, why]) => `${key}: ${why}\n`)]),
  ];
};
