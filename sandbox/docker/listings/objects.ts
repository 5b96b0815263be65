import type { KeptFile, NetworkDocument, VolumeDocument } from "../../engine/schema.js";
import { filtersOf, type Command } from "../commands/command.js";
import { cut, labelText, print } from "./print.js";

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
