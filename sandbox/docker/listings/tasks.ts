import type { Service, Task } from "../../engine/schema.js";
import type { Command } from "../commands/command.js";
import { refuse } from "../refusal.js";
import { inStack } from "../stack/names.js";
import { print } from "./print.js";

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
  const query = inStack(stack);
  const tasks = await command.api.ask<readonly Task[]>("GET", "/tasks", { query });
  if (tasks.length === 0) refuse(`nothing found in stack: ${stack}`);
  await printTasks(command, tasks, await command.api.ask<readonly Service[]>("GET", "/services", { query }));
};
