import type { KeptFile, Labels, NetworkDocument, Service, Task, VolumeDocument } from "../engine/schema.js";
import { modeOf } from "../engine/service-mode.js";
import type { CommandLine } from "../shared/words.js";
import type { Api } from "./api.js";
import { listing } from "./format.js";
import { refuse } from "./refusal.js";
import { stackLabel } from "./stack/names.js";

export interface Command {
  readonly api: Api;
  /** The words after the command's own. */
  readonly operands: readonly string[];
  readonly line: CommandLine;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

const labelText = (labels: Labels | null): string =>
  Object.entries(labels ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(",");

/** `--filter label=a=b`, several of them, as the engine wants them. */
export const filtersOf = (line: CommandLine): Readonly<Record<string, string>> => {
  const filters: Record<string, string[]> = {};
  for (const text of line.flag("--filter", "-f")) {
    const at = text.indexOf("=");
    if (at === -1) refuse("invalid argument for --filter: expected name=value");
    (filters[text.slice(0, at)] ??= []).push(text.slice(at + 1));
  }
  return Object.keys(filters).length === 0 ? {} : { filters: JSON.stringify(filters) };
};

const isQuiet = (line: CommandLine): boolean => line.flag("-q", "--quiet").length > 0;
const cut = (id: string, line: CommandLine): string => (line.flag("--no-trunc").length > 0 ? id : id.slice(0, 12));

const print = (
  { line, out }: Command,
  rows: readonly Readonly<Record<string, string>>[],
  columns: readonly string[],
  quietBy?: string,
): void => out(listing(rows, line.flag("--format").at(-1), isQuiet(line), columns, quietBy));

type Counted = Service & {
  readonly ServiceStatus: { readonly RunningTasks: number; readonly DesiredTasks: number; readonly CompletedTasks: number };
};

const replicasOf = (service: Counted): string => {
  const { RunningTasks, DesiredTasks, CompletedTasks } = service.ServiceStatus;
  const job = service.Spec.Mode.ReplicatedJob;
  if (job !== undefined)
    return `${RunningTasks}/${job.MaxConcurrent ?? DesiredTasks} (${CompletedTasks}/${job.TotalCompletions ?? DesiredTasks} completed)`;
  return service.Spec.Mode.GlobalJob === undefined
    ? `${RunningTasks}/${DesiredTasks}`
    : `${RunningTasks}/${DesiredTasks} (${CompletedTasks}/${DesiredTasks} completed)`;
};

const publishedPorts = ({ Endpoint }: Service): string =>
  (Endpoint.Ports ?? [])
    .flatMap(({ PublishMode, PublishedPort, TargetPort, Protocol = "tcp" }) =>
      PublishMode === "host" ? [] : [`*:${PublishedPort ?? 0}->${TargetPort}/${Protocol}`],
    )
    .join(", ");

const serviceRows = async (api: Api, query: Readonly<Record<string, string>>): Promise<readonly Readonly<Record<string, string>>[]> => {
  const services = await api.ask<readonly Counted[]>("GET", "/services", { query: { status: "true", ...query } });
  return services
    .toSorted((one, other) => one.Spec.Name.localeCompare(other.Spec.Name))
    .map((service) => ({
      ID: service.ID.slice(0, 12),
      Name: service.Spec.Name,
      Mode: modeOf(service.Spec).replace("-", " "),
      Replicas: replicasOf(service),
      Image: service.Spec.TaskTemplate.ContainerSpec.Image,
      Ports: publishedPorts(service),
    }));
};

export const listServices = async (command: Command): Promise<void> =>
  print(command, await serviceRows(command.api, filtersOf(command.line)), ["ID", "Name", "Mode", "Replicas", "Image", "Ports"]);

export const listStackServices = async (command: Command): Promise<void> => {
  const [stack = ""] = command.operands;
  const rows = await serviceRows(command.api, { filters: JSON.stringify({ label: [`${stackLabel}=${stack}`] }) });
  if (rows.length === 0) command.err(`Nothing found in stack: ${stack}\n`);
  else print(command, rows, ["ID", "Name", "Mode", "Replicas", "Image", "Ports"]);
};

export const listStacks = async (command: Command): Promise<void> => {
  const services = await command.api.ask<readonly Service[]>("GET", "/services");
  const stacks = services.flatMap(({ Spec }) => Spec.Labels?.[stackLabel] ?? []);
  print(
    command,
    [...new Set(stacks)]
      .toSorted()
      .map((name) => ({ Name: name, Services: String(stacks.filter((one) => one === name).length), Orchestrator: "Swarm", Namespace: "" })),
    ["Name", "Services"],
    "Name",
  );
};

interface Summary {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly Image: string;
  readonly Command: string;
  readonly Labels: Labels;
  readonly State: string;
  readonly Status: string;
  readonly Ports: readonly { readonly PrivatePort: number; readonly PublicPort?: number; readonly Type: string; readonly IP?: string }[];
  readonly Mounts: readonly { readonly Name?: string; readonly Source: string }[];
  readonly NetworkSettings: { readonly Networks: object };
}

export const listContainers = async (command: Command): Promise<void> => {
  const { api, line } = command;
  const all = line.flag("-a", "--all").length > 0 ? { all: "1" } : {};
  const found = await api.ask<readonly Summary[]>("GET", "/containers/json", { query: { ...all, ...filtersOf(line) } });
  const rows = found.map((container) => ({
    ID: cut(container.Id, line),
    Names: container.Names.map((name) => name.slice(1)).join(","),
    Image: container.Image,
    Command: JSON.stringify(container.Command),
    Labels: labelText(container.Labels),
    State: container.State,
    Status: container.Status,
    Ports: container.Ports.map(({ IP, PublicPort, PrivatePort, Type }) => `${IP ?? ""}:${PublicPort ?? ""}->${PrivatePort}/${Type}`).join(
      ", ",
    ),
    Mounts: container.Mounts.map(({ Name, Source }) => Name ?? Source).join(","),
    Networks: Object.keys(container.NetworkSettings.Networks).join(","),
  }));
  print(command, rows, ["ID", "Image", "Command", "Status", "Ports", "Names"]);
};

export const listVolumes = async (command: Command): Promise<void> => {
  const { Volumes } = await command.api.ask<{ Volumes: readonly VolumeDocument[] }>("GET", "/volumes", { query: filtersOf(command.line) });
  print(
    command,
    Volumes.map(({ Name, Driver, Labels, Mountpoint, Scope }) => ({ Driver, Name, Labels: labelText(Labels), Mountpoint, Scope })),
    ["Driver", "Name"],
    "Name",
  );
};

export const listNetworks = async (command: Command): Promise<void> => {
  const found = await command.api.ask<readonly NetworkDocument[]>("GET", "/networks", { query: filtersOf(command.line) });
  print(
    command,
    found.map(({ Id, Name, Driver, Scope, Labels, Internal }) => ({
      ID: cut(Id, command.line),
      Name,
      Driver,
      Scope,
      Labels: labelText(Labels),
      Internal: String(Internal),
    })),
    ["ID", "Name", "Driver", "Scope"],
  );
};

export const listKeptFiles =
  (word: "secret" | "config") =>
  async (command: Command): Promise<void> => {
    const found = await command.api.ask<readonly KeptFile[]>("GET", `/${word}s`, { query: filtersOf(command.line) });
    print(
      command,
      found.map(({ ID, Spec, CreatedAt, UpdatedAt }) => ({
        ID,
        Name: Spec.Name,
        Driver: "",
        CreatedAt,
        UpdatedAt,
        Labels: labelText(Spec.Labels),
      })),
      ["ID", "Name", "CreatedAt", "UpdatedAt"],
    );
  };

const ago = (since: string): string => {
  const seconds = Math.round((Date.now() - Date.parse(since)) / 1_000);
  return seconds < 1 ? "less than a second ago" : `${seconds} second${seconds === 1 ? "" : "s"} ago`;
};

const capital = (word: string): string => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`;

const taskRow = (name: string, task: Task): Readonly<Record<string, string>> => ({
  ID: task.ID,
  Name: `${name}.${task.Slot ?? task.NodeID ?? ""}`,
  Image: task.Spec.ContainerSpec.Image,
  Node: task.NodeID === undefined ? "" : "sandbox",
  DesiredState: capital(task.DesiredState),
  CurrentState: `${capital(task.Status.State)} ${ago(task.Status.Timestamp)}`,
  Error: task.Status.Err === undefined ? "" : JSON.stringify(task.Status.Err).replaceAll(String.raw`\"`, '"'),
  Ports: "",
});

const printTasks = async (command: Command, tasks: readonly Task[], services: readonly Service[]): Promise<void> => {
  const names = new Map(services.map(({ ID, Spec }) => [ID, Spec.Name]));
  const named = tasks.map((task) => ({ name: names.get(task.ServiceID) ?? task.ServiceID, task }));
  // Of one slot, the task created last comes first. Not the one changed last: the record of an old task may change after that.
  const byAge = named.toSorted(
    (one, other) =>
      one.name.localeCompare(other.name) ||
      (one.task.Slot ?? 0) - (other.task.Slot ?? 0) ||
      other.task.CreatedAt.localeCompare(one.task.CreatedAt),
  );
  print(
    command,
    byAge.map(({ name, task }) => taskRow(name, task)),
    ["ID", "Name", "Image", "Node", "DesiredState", "CurrentState", "Error", "Ports"],
  );
};

export const listTasks = async (command: Command): Promise<void> => {
  const { api, operands } = command;
  const services: Service[] = [];
  for (const name of operands)
    services.push((await api.find<Service>(`/services/${encodeURIComponent(name)}`)) ?? refuse(`no such service: ${name}`));
  const tasks = await api.ask<readonly Task[]>("GET", "/tasks", {
    query: { filters: JSON.stringify({ service: services.map(({ ID }) => ID) }) },
  });
  await printTasks(command, tasks, services);
};

export const listStackTasks = async (command: Command): Promise<void> => {
  const [stack = ""] = command.operands;
  const query = { filters: JSON.stringify({ label: [`${stackLabel}=${stack}`] }) };
  const tasks = await command.api.ask<readonly Task[]>("GET", "/tasks", { query });
  if (tasks.length === 0) refuse(`nothing found in stack: ${stack}`);
  await printTasks(command, tasks, await command.api.ask<readonly Service[]>("GET", "/services", { query }));
};
