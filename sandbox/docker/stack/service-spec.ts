import { bytes, nanoseconds } from "../compose/durations.js";
import { labelsOf, pairsOf, splitWords } from "../compose/load.js";
import { isMap, type Yaml } from "../compose/schema.js";
import { refuse } from "../refusal.js";
import type { ConfigReference, HealthConfig, Mode, Port, RestartPolicy, SecretReference, ServiceSpec, UpdateConfig } from "../../engine/schema.js";
import { mountsOf } from "./mounts.js";
import { stackLabel } from "./names.js";

/** What a service's compose keys refer to: by its key, the name on the Swarm and, where there is one, the id. */
export interface Known {
  readonly networks: ReadonlyMap<string, string>;
  readonly volumes: Readonly<Record<string, Yaml>>;
  readonly secrets: ReadonlyMap<string, { readonly name: string; readonly id: string | null }>;
  readonly configs: ReadonlyMap<string, { readonly name: string; readonly id: string | null }>;
}

const section = (thing: Yaml, key: string): Yaml => (isMap(thing[key]) ? thing[key] : {});

const words = (value: unknown): readonly string[] | undefined => (Array.isArray(value) ? value.map(String) : typeof value === "string" ? splitWords(value) : undefined);

const texts = (value: unknown): readonly string[] | undefined => (Array.isArray(value) ? value.map(String) : typeof value === "string" ? [value] : undefined);

/** Only those that say something: the engine's documents have no empty fields. */
const given = <T extends object>(fields: { readonly [K in keyof T]: T[K] | undefined }): T => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;

const healthOf = (service: Yaml): HealthConfig | undefined => {
  const check = service["healthcheck"];
  if (!isMap(check)) return undefined;
  const { test } = check;
  const isOff = check["disable"] === true || check["disable"] === "true";
  if (isOff && test !== undefined) refuse("test and disable can't be set at the same time");
  if (isOff) return { Test: ["NONE"] };
  return given<HealthConfig>({
    Test: Array.isArray(test) ? test.map(String) : typeof test === "string" ? ["CMD-SHELL", test] : undefined,
    Interval: nanoseconds(check["interval"]),
    Timeout: nanoseconds(check["timeout"]),
    StartPeriod: nanoseconds(check["start_period"]),
    Retries: check["retries"] === undefined ? undefined : Number(check["retries"]),
  });
};

const rangeOf = (text: string): readonly number[] => {
  const [from = "0", to = from] = text.split("-");
  if (!/^\d+$/.test(from) || !/^\d+$/.test(to)) refuse(`invalid containerPort: ${text}`);
  return Array.from({ length: Number(to) - Number(from) + 1 }, (_, index) => Number(from) + index);
};

const portsOf = (service: Yaml): readonly Port[] =>
  (Array.isArray(service["ports"]) ? service["ports"] : []).flatMap((port: unknown): readonly Port[] => {
    if (isMap(port)) {
      const mode = port["mode"] ?? "ingress";
      return [{ Protocol: String(port["protocol"] ?? "tcp"), TargetPort: Number(port["target"]), ...(port["published"] === undefined ? {} : { PublishedPort: Number(port["published"]) }), PublishMode: mode === "host" ? "host" : "ingress" }];
    }
    const [numbers = "", protocol = "tcp"] = String(port).split("/");
    const parts = numbers.split(":");
    const targets = rangeOf(parts.at(-1) ?? "");
    const published = parts.length > 1 && parts.at(-2) !== "" ? rangeOf(parts.at(-2) ?? "") : null;
    return targets.map((target, index) => ({ Protocol: protocol, TargetPort: target, ...(published === null ? {} : { PublishedPort: published[index] ?? published[0] ?? 0 }), PublishMode: "ingress" as const }));
  });

const restartOf = (service: Yaml): RestartPolicy | undefined => {
  const policy = section(service, "deploy")["restart_policy"];
  if (isMap(policy)) {
    const condition = policy["condition"];
    return given<RestartPolicy>({
      Condition: condition === "none" || condition === "on-failure" || condition === "any" ? condition : condition === undefined ? undefined : refuse(`unknown restart policy: ${String(condition)}`),
      Delay: nanoseconds(policy["delay"]),
      MaxAttempts: policy["max_attempts"] === undefined ? undefined : Number(policy["max_attempts"]),
      Window: nanoseconds(policy["window"]),
    });
  }
  const [word, attempts] = String(service["restart"] ?? "").split(":");
  if (word === "always" || word === "unless-stopped") return { Condition: "any" };
  return word === "on-failure" ? { Condition: "on-failure", ...(attempts === undefined ? {} : { MaxAttempts: Number(attempts) }) } : undefined;
};

const updateOf = (config: unknown): UpdateConfig | undefined => {
  if (!isMap(config)) return undefined;
  const action = config["failure_action"];
  return given<UpdateConfig>({
    Parallelism: Number(config["parallelism"] ?? 1),
    Delay: nanoseconds(config["delay"]),
    FailureAction: action === "continue" || action === "rollback" ? action : "pause",
    Monitor: nanoseconds(config["monitor"]),
    MaxFailureRatio: Number(config["max_failure_ratio"] ?? 0),
    Order: config["order"] === "start-first" ? "start-first" : "stop-first",
  });
};

const modeOf = (deploy: Yaml): Mode => {
  const mode = String(deploy["mode"] ?? "replicated");
  const replicas = deploy["replicas"] === undefined ? null : Number(deploy["replicas"]);
  if (mode === "replicated") return { Replicated: { Replicas: replicas ?? 1 } };
  if (mode === "replicated-job") return { ReplicatedJob: { MaxConcurrent: replicas ?? 1, TotalCompletions: replicas ?? 1 } };
  if (mode !== "global" && mode !== "global-job") return refuse(`Unknown mode: ${mode}`);
  if (replicas !== null) refuse("replicas can only be used with replicated or replicated-job mode");
  return mode === "global" ? { Global: {} } : { GlobalJob: {} };
};

const fileReferences = (value: unknown, kind: "secret" | "config", known: Known["secrets"]): readonly { readonly name: string; readonly id: string; readonly File: { Name: string; UID: string; GID: string; Mode: number } }[] =>
  (Array.isArray(value) ? value : []).map((one: unknown) => {
    const long = isMap(one) ? one : { source: String(one) };
    const source = String(long["source"]);
    const found = known.get(source);
    if (found === undefined) return refuse(`undefined ${kind} "${source}"`);
    if (found.id === null) return refuse(`${kind} not found: ${found.name}`);
    const target = typeof long["target"] === "string" ? long["target"] : kind === "config" ? `/${source}` : source;
    return { name: found.name, id: found.id, File: { Name: target, UID: String(long["uid"] ?? "0"), GID: String(long["gid"] ?? "0"), Mode: Number(long["mode"] ?? 0o444) } };
  });

const networksOf = (key: string, service: Yaml, { networks }: Known): readonly { readonly Target: string; readonly Aliases: readonly string[] }[] => {
  const asked = service["networks"];
  const wanted = Array.isArray(asked) ? Object.fromEntries(asked.map((name) => [String(name), null])) : isMap(asked) && Object.keys(asked).length > 0 ? asked : { default: null };
  return Object.entries(wanted).map(([name, options]) => {
    const target = networks.get(name);
    if (target === undefined) return refuse(`undefined network "${name}"`);
    return { Target: target, Aliases: [...(isMap(options) ? (texts(options["aliases"]) ?? []) : []), key] };
  });
};

const resourcesOf = (deploy: Yaml): ServiceSpec["TaskTemplate"]["Resources"] => {
  const resources = section(deploy, "resources");
  const of = (thing: Yaml): { NanoCPUs?: number; MemoryBytes?: number } | undefined =>
    Object.keys(thing).length === 0 ? undefined : given<{ NanoCPUs?: number; MemoryBytes?: number }>({ NanoCPUs: thing["cpus"] === undefined ? undefined : Math.round(Number(thing["cpus"]) * 1e9), MemoryBytes: bytes(thing["memory"]) });
  return given<NonNullable<ServiceSpec["TaskTemplate"]["Resources"]>>({ Limits: of(section(resources, "limits")), Reservations: of(section(resources, "reservations")) });
};

/** What nothing in the sandbox heeds, since nothing in it is isolated; kept, so that a change of it is a change. */
const unheeded = (service: Yaml): object =>
  given<object>({
    Hostname: service["hostname"],
    User: service["user"],
    Groups: service["group_add"],
    TTY: service["tty"],
    OpenStdin: service["stdin_open"],
    ReadOnly: service["read_only"],
    Init: service["init"],
    Hosts: service["extra_hosts"],
    CapabilityAdd: service["cap_add"],
    CapabilityDrop: service["cap_drop"],
    Sysctls: service["sysctls"],
    Ulimits: service["ulimits"],
    DNSConfig: texts(service["dns"]) === undefined ? undefined : { Nameservers: texts(service["dns"]) },
  });

/** What the files say of one service, as the engine wants it. */
export const serviceSpec = (stack: string, key: string, service: Yaml, known: Known): ServiceSpec => {
  const deploy = section(service, "deploy");
  const image = typeof service["image"] === "string" ? service["image"] : "";
  const ports = portsOf(service);
  const placement = section(deploy, "placement");
  const secrets = fileReferences(service["secrets"], "secret", known.secrets).map(({ name, id, File }): SecretReference => ({ File, SecretID: id, SecretName: name }));
  const configs = fileReferences(service["configs"], "config", known.configs).map(({ name, id, File }): ConfigReference => ({ File, ConfigID: id, ConfigName: name }));
  const env = Object.entries(pairsOf(service["environment"])).map(([name, value]) => (value === null ? name : `${name}=${value}`));
  const mounts = mountsOf(stack, service, known.volumes);
  const container: ServiceSpec["TaskTemplate"]["ContainerSpec"] = {
    Image: image,
    Labels: { ...labelsOf(service["labels"]), [stackLabel]: stack },
    ...given<object>({
      Command: words(service["entrypoint"]),
      Args: words(service["command"]),
      Env: env.length === 0 ? undefined : env.toSorted(),
      Dir: service["working_dir"],
      ...unheeded(service),
      Mounts: mounts.length === 0 ? undefined : mounts,
      StopGracePeriod: nanoseconds(service["stop_grace_period"]),
      StopSignal: service["stop_signal"],
      Healthcheck: healthOf(service),
      Secrets: secrets.length === 0 ? undefined : secrets,
      Configs: configs.length === 0 ? undefined : configs,
    }),
    ...{ Privileges: { CredentialSpec: null, SELinuxContext: null }, Isolation: "default" },
  };
  return {
    Name: `${stack}_${key}`,
    Labels: { ...labelsOf(deploy["labels"]), "com.docker.stack.image": image, [stackLabel]: stack },
    TaskTemplate: {
      ContainerSpec: container,
      Resources: resourcesOf(deploy) ?? {},
      ...given<object>({ RestartPolicy: restartOf(service) }),
      Placement: given<NonNullable<ServiceSpec["TaskTemplate"]["Placement"]>>({ Constraints: texts(placement["constraints"]), MaxReplicas: placement["max_replicas_per_node"] === undefined ? undefined : Number(placement["max_replicas_per_node"]) }),
      Networks: networksOf(key, service, known),
      ForceUpdate: 0,
      Runtime: "container",
    },
    Mode: modeOf(deploy),
    ...given<object>({ UpdateConfig: updateOf(deploy["update_config"]), RollbackConfig: updateOf(deploy["rollback_config"]) }),
    EndpointSpec: { Mode: deploy["endpoint_mode"] === "dnsrr" ? "dnsrr" : "vip", ...(ports.length === 0 ? {} : { Ports: ports }) },
  };
};
