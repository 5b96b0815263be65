import type { Labels } from "../../engine/schema.js";
import { filtersOf, type Command } from "../commands/command.js";
import { cut, labelText, print } from "./print.js";

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
