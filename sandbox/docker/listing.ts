import type { CommandLine } from "../shared/words.js";
import { containers, networks } from "./containers.js";
import { refuse } from "./fail.js";
import { all, get, type Container, type Labels, type NamedThing, type ServiceSpec, type UpdateStatus } from "./world.js";

const labelText = (labels: Labels): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");

const matches = (thing: NamedThing, filters: readonly string[]): boolean =>
  filters.every((filter) => {
    const [kind, rest] = [filter.slice(0, filter.indexOf("=")), filter.slice(filter.indexOf("=") + 1)];
    if (kind === "name") return thing.name.includes(rest);
    if (kind !== "label") return true;
    const [key = "", value] = rest.includes("=") ? [rest.slice(0, rest.indexOf("=")), rest.slice(rest.indexOf("=") + 1)] : [rest];
    return key in thing.labels && (value === undefined || thing.labels[key] === value);
  });

type Row = Readonly<Record<string, string>>;

/** The part of Go's templates that listings are asked with: `{{json .}}`, `{{.Name}}`, `{{json .Swarm}}`. */
export const render = (value: object, format: string): string =>
  format.replaceAll(/\{\{\s*(json\s+)?\.([\w.]*)\s*\}\}/g, (_, json: string | undefined, path: string) => {
    const found = path === "" ? value : path.split(".").reduce<unknown>((at, key) => (typeof at === "object" && at !== null ? (at as Record<string, unknown>)[key] : undefined), value);
    if (json !== undefined || typeof found === "object") return JSON.stringify(found ?? null);
    return String(found ?? "<no value>");
  });

/** Rows by the asked-for format; ids alone for --quiet; else a plain table. */
const print = (rows: readonly Row[], line: CommandLine): void => {
  const format = line.flag("--format").at(-1);
  const isQuiet = line.flag("-q", "--quiet").length > 0;
  for (const row of rows) {
    const shown = format === undefined ? (isQuiet ? row["ID"] : Object.values(row).join("\t")) : render(row, format === "json" ? "{{json .}}" : format);
    process.stdout.write(`${shown}\n`);
  }
};

/** Ids are cut unless somebody asks for all of them. */
const idOf = (id: string, line: CommandLine): string => (line.flag("--no-trunc").length > 0 ? id : id.slice(0, 12));

const runningOf = (service: ServiceSpec): number =>
  containers().filter((container) => container.service === service.name && container.state === "running" && container.desired === "Running").length;

export const listServices = (line: CommandLine): void =>
  print(
    all<ServiceSpec>("services")
      .filter((service) => matches(service, line.flag("--filter")))
      .map((service) => ({
        ID: service.id.slice(0, 12),
        Name: service.name,
        Mode: "replicated",
        Replicas: `${Math.min(runningOf(service), service.replicas)}/${service.replicas}`,
        Image: service.image,
        Ports: "",
      })),
    line,
  );

const ago = (since: number): string => {
  const seconds = Math.round((Date.now() - since) / 1_000);
  return seconds < 1 ? "less than a second ago" : `${seconds} second${seconds === 1 ? "" : "s"} ago`;
};

const statusOf = ({ state, exitCode, since }: Container): string => {
  if (state === "exited") return `Exited (${exitCode ?? 0}) ${ago(since)}`;
  return `Up ${ago(since).replace(" ago", "")}${state === "starting" ? " (health: starting)" : ""}`;
};

export const listContainers = (line: CommandLine): void => {
  const every = line.flag("-a", "--all").length > 0;
  print(
    containers()
      .filter((container) => every || container.state !== "exited")
      .filter((container) => matches(container, line.flag("--filter")))
      .map((container) => ({
        ID: idOf(container.id, line),
        Names: container.name,
        Image: container.image,
        Labels: labelText(container.labels),
        State: container.state === "exited" ? "exited" : "running",
        Status: statusOf(container),
        Mounts: container.volumes.join(","),
        Networks: container.networks.join(","),
      })),
    line,
  );
};

const drivers = { volumes: "local", secrets: "", configs: "", networks: "overlay" } as const;

export const listNamed = (kind: "volumes" | "secrets" | "configs" | "networks", line: CommandLine): void => {
  const things: readonly NamedThing[] = kind === "networks" ? networks() : all<NamedThing>(kind);
  print(
    things
      .filter((thing) => matches(thing, line.flag("--filter")))
      .map(({ id, name, labels }) => ({ ID: kind === "networks" ? idOf(id, line) : id, Name: name, Driver: drivers[kind], Labels: labelText(labels) })),
    line,
  );
};

export const listStacks = (line: CommandLine): void => {
  const services = all<ServiceSpec>("services");
  const stacks = [...new Set(services.map(({ stack }) => stack))];
  print(stacks.map((name) => ({ Name: name, Services: String(services.filter(({ stack }) => stack === name).length), Orchestrator: "Swarm" })), line);
};

/** The engine's words for a task: one that ended badly has failed, one that was told to stop has completed. */
const stateOf = ({ state, error, since }: Container): string => {
  if (state === "exited") return `${error === null ? "Complete" : "Failed"} ${ago(since)}`;
  return `${state === "running" ? "Running" : "Starting"} ${ago(since)}`;
};

export const listTasks = (names: readonly string[], line: CommandLine): void => {
  for (const name of names) if (get("services", name) === null) refuse(`no such service: ${name}`);
  const ids = new Set(names.map((name) => get<ServiceSpec>("services", name)?.id));
  const tasks = all<Container>("tasks").filter(({ serviceId }) => ids.has(serviceId));
  print(
    [...tasks]
      .sort((one, other) => one.service.localeCompare(other.service) || one.slot - other.slot || other.startedAt - one.startedAt)
      .map((task) => ({
        ID: task.id.slice(0, 25),
        Name: `${task.service}.${task.slot}`,
        Image: task.image,
        Node: "sandbox",
        DesiredState: task.desired,
        CurrentState: stateOf(task),
        Error: task.error ?? "",
        Ports: "",
      })),
    line,
  );
};

const file = (path: string): object => ({ File: { Name: path, UID: "0", GID: "0", Mode: 0o444 } });

const portsOf = ({ published }: ServiceSpec): readonly object[] => published.map((port) => ({ Protocol: "tcp", TargetPort: port, PublishMode: "host" }));

export const serviceDocument = (service: ServiceSpec): object => {
  const { version: _, ...update } = get<UpdateStatus>("updates", service.id) ?? { version: 0 };
  return {
    ID: service.id,
    Version: { Index: service.version },
    Spec: {
      Name: service.name,
      Labels: service.labels,
      TaskTemplate: {
        ContainerSpec: {
          Image: service.image,
          Labels: service.containerLabels,
          Env: Object.entries(service.env).map(([key, value]) => `${key}=${value}`),
          Mounts: Object.entries(service.volumes).map(([name, path]) => ({ Type: "volume", Source: name, Target: path })),
          Secrets: Object.entries(service.secrets).map(([name, path]) => ({ ...file(path), SecretName: name })),
          Configs: Object.entries(service.configs).map(([name, path]) => ({ ...file(path), ConfigName: name })),
        },
      },
      Mode: { Replicated: { Replicas: service.replicas } },
      EndpointSpec: { Ports: portsOf(service) },
    },
    Endpoint: { Ports: portsOf(service) },
    ...("State" in update ? { UpdateStatus: update } : {}),
  };
};

export const containerDocument = (container: Container): object => ({
  Id: container.id,
  Name: `/${container.name}`,
  State: { Running: container.state !== "exited", Status: container.state === "exited" ? "exited" : "running", Pid: container.pid ?? 0, ExitCode: container.exitCode ?? 0 },
  Config: { Image: container.image, Labels: container.labels },
  Mounts: container.volumes.map((name) => ({ Type: "volume", Name: name })),
  NetworkSettings: {
    Ports: Object.fromEntries(Object.entries(container.ports).map(([target, real]) => [`${target}/tcp`, [{ HostIp: "127.0.0.1", HostPort: String(real) }]])),
    Networks: Object.fromEntries(container.networks.map((network) => [network, { IPAddress: "127.0.0.1" }])),
  },
});
