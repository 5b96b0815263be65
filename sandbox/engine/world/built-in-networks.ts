import type { NetworkDocument } from "../schema.js";

/** Joins a node's containers with their host. */
export const gateway = "docker_gwbridge";

/** On it a container has its node's ports for its own. */
const host = "host";

/** Those that every engine of a Swarm has. Nobody's to remove. */
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
