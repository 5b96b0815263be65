import type { NetworkDocument } from "../schema.js";

/** Joins a node's containers with their host. */
export const gateway = "docker_gwbridge";

/** On this network a container uses its node's ports. */
const host = "host";

/** The networks that every engine of a Swarm has and that nobody may remove. */
export const builtInNetworks: readonly NetworkDocument[] = ["ingress", gateway, "bridge", host, "none"].map((name) => ({
  Name: name,
  Id: `sandbox${name.replaceAll("_", "")}`.padEnd(25, "0").slice(0, 25),
  Created: "2026-01-01T00:00:00Z",
  Scope: name === "ingress" ? "swarm" : "local",
  Driver: name === "ingress" ? "overlay" : name === gateway ? "bridge" : name === "none" ? "null" : name,
  Attachable: false,
  Internal: false,
  Labels: {},
  Options: {},
}));

const hostId = builtInNetworks.find(({ Name }) => Name === host)?.Id;

export const isOnHost = (networks: readonly string[]): boolean => networks.some((id) => id === hostId);
