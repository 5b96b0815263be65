import { nanoCpus } from "../../../src/effects/compose/forms.js";
import { protocolOf } from "../../../src/effects/compose/protocols.js";
import { labelsOf, pairsOf } from "../compose/pairs.js";
import { isMap, type Yaml } from "../compose/schema.js";
import { refuse } from "../refusal.js";
import type {
  ConfigReference,
  HealthConfig,
  Mode,
  Port,
  RestartPolicy,
  SecretReference,
  ServiceSpec,
  UpdateConfig,
} from "../../engine/schema.js";
import { capabilitiesOf } from "./capabilities.js";
import { mountsOf } from "./mounts.js";
import { stackLabel } from "./names.js";

/** The objects to which a service's compose keys refer: by key, the name on the Swarm and, if there is one, the id. */
export interface Known {
  /** The id of each, and whether a service can have aliases there, which is not possible in the host's. */
  readonly networks: ReadonlyMap<string, { readonly id: string; readonly hasAliases: boolean }>;
  readonly volumes: Readonly<Record<string, Yaml>>;
  readonly secrets: ReadonlyMap<string, { readonly name: string; readonly id: string | null }>;
  readonly configs: ReadonlyMap<string, { readonly name: string; readonly id: string | null }>;
}

const section = (thing: Yaml, key: string): Yaml => (isMap(thing[key]) ? thing[key] : {});

const texts = (value: unknown): readonly string[] | undefined => (Array.isArray(value) ? value.map(String) : undefined);

const number = (value: unknown): number | undefined => (value === undefined || value === null ? undefined : Number(value));

/** The client cuts off a fraction where it accepts one at all. */
const whole = (value: unknown): number | undefined => (number(value) === undefined ? undefined : Math.trunc(Number(value)));

/** A word; undefined if it is empty or missing. */
const said = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

/** Only the fields that are set: the engine's documents have no empty fields. */
const given = <T extends object>(fields: { readonly [K in keyof T]: T[K] | undefined }): T =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;

const healthOf = (service: Yaml): HealthConfig | undefined => {
  const check = service["healthcheck"];
  if (!isMap(check)) return undefined;
  const test = texts(check["test"]) ?? [];
  if (check["disable"] === true) return test.length > 0 ? refuse("test and disable can't be set at the same time") : { Test: ["NONE"] };
  return given<HealthConfig>({
    Test: test.length === 0 ? undefined : test,
    Interval: number(check["interval"]),
    Timeout: number(check["timeout"]),
    StartPeriod: number(check["start_period"]),
    StartInterval: number(check["start_interval"]),
    Retries: whole(check["retries"]),
  });
};

/** The Swarm takes an unknown mode for the first one. */
const portsOf = (service: Yaml): readonly Port[] =>
  (Array.isArray(service["ports"]) ? service["ports"] : []).map((port: Yaml) => ({
    Protocol: protocolOf(String(port["protocol"])),
    TargetPort: Number(port["target"] ?? 0),
    ...(Number(port["published"] ?? 0) === 0 ? {} : { PublishedPort: Number(port["published"]) }),
    PublishMode: String(port["mode"]).toLowerCase() === "host" ? "host" : "ingress",
  }));

/** `restart` counts if there is no policy. */
const restartOf = (service: Yaml): RestartPolicy | undefined => {
  const policy = section(service, "deploy")["restart_policy"];
  if (isMap(policy)) {
    // The Swarm refuses an unknown condition.
    const condition = said(policy["condition"]) as RestartPolicy["Condition"];
    return given<RestartPolicy>({
      Condition: condition,
      Delay: number(policy["delay"]),
      MaxAttempts: number(policy["max_attempts"]),
      Window: number(policy["window"]),
    });
  }
  const [word = "", attempts = ""] = String(service["restart"] ?? "").split(":");
  if (word === "" && String(service["restart"] ?? "") !== "") refuse("invalid restart policy format: no policy provided before colon");
  if (attempts !== "" && !/^[-+]?\d+$/.test(attempts)) refuse("invalid restart policy format: maximum retry count must be an integer");
  if (word === "always" || word === "unless-stopped") return { Condition: "any" };
  if (word === "on-failure") return { Condition: "on-failure", MaxAttempts: Number(attempts) };
  return word === "" || word === "no" ? undefined : refuse(`unknown restart policy: ${String(service["restart"])}`);
};

const updateOf = (config: unknown): UpdateConfig | undefined =>
  isMap(config)
    ? given<UpdateConfig>({
        Parallelism: number(config["parallelism"]) ?? 1,
        Delay: number(config["delay"]),
        // The Swarm refuses an unknown action.
        FailureAction: (said(config["failure_action"]) ?? "pause") as UpdateConfig["FailureAction"],
        Monitor: number(config["monitor"]),
        MaxFailureRatio: number(config["max_failure_ratio"]) ?? 0,
        Order: (said(config["order"]) ?? "stop-first") as UpdateConfig["Order"],
      })
    : undefined;

const modeOf = (deploy: Yaml): Mode => {
  const mode = said(deploy["mode"]) ?? "replicated";
  const replicas = number(deploy["replicas"]) ?? null;
  if (mode === "replicated") return { Replicated: { Replicas: replicas ?? 1 } };
  if (mode === "replicated-job") return { ReplicatedJob: { MaxConcurrent: replicas ?? 1, TotalCompletions: replicas ?? 1 } };
  if (mode !== "global" && mode !== "global-job") return refuse(`Unknown mode: ${mode}`);
  if (replicas !== null) refuse("replicas can only be used with replicated or replicated-job mode");
  return mode === "global" ? { Global: {} } : { GlobalJob: {} };
};

interface Reference {
  readonly name: string;
  readonly id: string;
  readonly File: { readonly Name: string; readonly UID: string; readonly GID: string; readonly Mode: number };
}

const assertTargets = (references: readonly Reference[], kind: string): readonly Reference[] => {
  const targets = references.map(({ File }) => File.Name);
  const twice = references.find(({ File }, index) => targets.indexOf(File.Name) !== index);
  return twice === undefined ? references : refuse(`duplicate ${kind} target for ${twice.name} not allowed`);
};

const fileReferences = (value: unknown, kind: "secret" | "config", known: Known["secrets"]): readonly Reference[] => {
  const references = (Array.isArray(value) ? value : []).map((one: unknown): Reference => {
    const long = isMap(one) ? one : {};
    const source = String(long["source"] ?? "");
    const found = known.get(source);
    if (found === undefined) return refuse(`undefined ${kind} "${source}"`);
    if (found.id === null) return refuse(`${kind} not found: ${found.name}`);
    return {
      name: found.name,
      id: found.id,
      File: {
        Name: said(long["target"]) ?? source,
        UID: said(long["uid"]) ?? "0",
        GID: said(long["gid"]) ?? "0",
        Mode: whole(long["mode"]) ?? 0o444,
      },
    };
  });
  return assertTargets(references, kind);
};

type Attachment = NonNullable<ServiceSpec["TaskTemplate"]["Networks"]>[number];

const networksOf = (key: string, service: Yaml, { networks }: Known): readonly Attachment[] => {
  const asked = service["networks"];
  const wanted = isMap(asked) && Object.keys(asked).length > 0 ? asked : { default: null };
  return Object.entries(wanted).map(([name, options]) => {
    const network = networks.get(name);
    if (network === undefined) return refuse(`undefined network "${name}"`);
    const driverOptions = isMap(options) ? labelsOf(options["driver_opts"]) : {};
    return {
      Target: network.id,
      Aliases: [...(isMap(options) ? (texts(options["aliases"]) ?? []) : []), ...(network.hasAliases ? [key] : [])],
      ...(Object.keys(driverOptions).length === 0 ? {} : { DriverOpts: driverOptions }),
    };
  });
};

const cpusOf = (value: unknown): number | undefined => {
  const text = said(value);
  return text === undefined ? undefined : (nanoCpus(text) ?? refuse(`failed to parse ${text} as a rational number`));
};

const resourcesOf = (deploy: Yaml): ServiceSpec["TaskTemplate"]["Resources"] => {
  const resources = section(deploy, "resources");
  const of = (thing: Yaml): object | undefined =>
    Object.keys(thing).length === 0
      ? undefined
      : given<object>({
          NanoCPUs: cpusOf(thing["cpus"]),
          MemoryBytes: number(thing["memory"]),
          Pids: number(thing["pids"]),
          GenericResources: genericOf(thing["generic_resources"]),
        });
  return given<NonNullable<ServiceSpec["TaskTemplate"]["Resources"]>>({
    Limits: of(section(resources, "limits")),
    Reservations: of(section(resources, "reservations")),
  });
};

const genericOf = (value: unknown): readonly object[] | undefined =>
  Array.isArray(value)
    ? value.map((one: Yaml) =>
        isMap(one["discrete_resource_spec"])
          ? {
              DiscreteResourceSpec: {
                Kind: one["discrete_resource_spec"]["kind"],
                Value: Number(one["discrete_resource_spec"]["value"] ?? 0),
              },
            }
          : {},
      )
    : undefined;

const spread = (value: unknown): readonly object[] | undefined =>
  Array.isArray(value) ? value.map((one: Yaml) => ({ Spread: { SpreadDescriptor: String(one["spread"] ?? "") } })) : undefined;

/** Keys that have no effect in the sandbox, where nothing is isolated. They are kept, so that changing one changes the service. */
const unheeded = (service: Yaml): object =>
  given<object>({
    Hostname: said(service["hostname"]),
    User: said(service["user"]),
    TTY: service["tty"],
    OpenStdin: service["stdin_open"],
    ReadOnly: service["read_only"],
    Init: service["init"],
    Hosts: texts(service["extra_hosts"])?.map((one) => `${one.slice(one.indexOf(":") + 1)} ${one.slice(0, one.indexOf(":"))}`),
    ...capabilitiesOf(texts(service["cap_add"]) ?? [], texts(service["cap_drop"]) ?? []),
    Sysctls: service["sysctls"],
    Ulimits: isMap(service["ulimits"])
      ? Object.entries(service["ulimits"]).map(([Name, one]) => ({
          Name,
          Soft: isMap(one) ? one["soft"] : 0,
          Hard: isMap(one) ? one["hard"] : 0,
        }))
      : undefined,
    DNSConfig:
      service["dns"] === undefined && service["dns_search"] === undefined
        ? undefined
        : { Nameservers: texts(service["dns"]), Search: texts(service["dns_search"]) },
  });

const logDriverOf = (logging: unknown): object | undefined =>
  isMap(logging) ? given<object>({ Name: said(logging["driver"]), Options: logging["options"] }) : undefined;

/** What the files say about one service, in the engine's form. */
export const serviceSpec = (stack: string, key: string, service: Yaml, known: Known): ServiceSpec => {
  const deploy = section(service, "deploy");
  const image = typeof service["image"] === "string" ? service["image"] : "";
  const ports = portsOf(service);
  const placement = section(deploy, "placement");
  const secrets = fileReferences(service["secrets"], "secret", known.secrets).map(({ name, id, File }): SecretReference => ({
    File,
    SecretID: id,
    SecretName: name,
  }));
  const configs = fileReferences(service["configs"], "config", known.configs).map(({ name, id, File }): ConfigReference => ({
    File,
    ConfigID: id,
    ConfigName: name,
  }));
  const env = Object.entries(pairsOf(service["environment"])).map(([name, value]) => (value === null ? name : `${name}=${value}`));
  const mounts = mountsOf(stack, service, known.volumes);
  const container: ServiceSpec["TaskTemplate"]["ContainerSpec"] = {
    Image: image,
    Labels: { ...labelsOf(service["labels"]), [stackLabel]: stack },
    ...given<object>({
      Command: texts(service["entrypoint"]),
      Args: texts(service["command"]),
      Env: env.length === 0 ? undefined : env.toSorted(),
      Dir: said(service["working_dir"]),
      ...unheeded(service),
      Mounts: mounts.length === 0 ? undefined : mounts,
      StopGracePeriod: number(service["stop_grace_period"]),
      StopSignal: said(service["stop_signal"]),
      Healthcheck: healthOf(service),
      Secrets: secrets.length === 0 ? undefined : secrets,
      Configs: configs.length === 0 ? undefined : configs,
    }),
    ...{ Privileges: { CredentialSpec: null, SELinuxContext: null }, Isolation: said(service["isolation"]) ?? "default" },
  };
  return {
    Name: `${stack}_${key}`,
    Labels: { ...labelsOf(deploy["labels"]), "com.docker.stack.image": image, [stackLabel]: stack },
    TaskTemplate: {
      ContainerSpec: container,
      Resources: resourcesOf(deploy) ?? {},
      ...given<object>({ RestartPolicy: restartOf(service), LogDriver: logDriverOf(service["logging"]) }),
      Placement: given<object>({
        Constraints: texts(placement["constraints"]),
        Preferences: spread(placement["preferences"]),
        MaxReplicas: number(placement["max_replicas_per_node"]),
      }),
      Networks: networksOf(key, service, known),
      ForceUpdate: 0,
      Runtime: "container",
    },
    Mode: modeOf(deploy),
    ...given<object>({ UpdateConfig: updateOf(deploy["update_config"]), RollbackConfig: updateOf(deploy["rollback_config"]) }),
    // The Swarm refuses an unknown mode.
    EndpointSpec: {
      Mode: (said(deploy["endpoint_mode"]) ?? "vip").toLowerCase() as "vip" | "dnsrr",
      ...(ports.length === 0 ? {} : { Ports: ports }),
    },
  };
};
