import type { Service } from "../../engine/schema.js";
import { modeOf } from "../../engine/service-mode.js";
import type { Api } from "../api.js";
import { filtersOf, type Command } from "../commands/command.js";
import { inStack, stackLabel } from "../stack/names.js";
import { print } from "./print.js";

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

const columns = ["ID", "Name", "Mode", "Replicas", "Image", "Ports"];

export const listServices = async (command: Command): Promise<void> =>
  print(command, await serviceRows(command.api, filtersOf(command.line)), columns);

export const listStackServices = async (command: Command): Promise<void> => {
  const [stack = ""] = command.operands;
  const rows = await serviceRows(command.api, inStack(stack));
  if (rows.length === 0) command.err(`Nothing found in stack: ${stack}\n`);
  else print(command, rows, columns);
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
