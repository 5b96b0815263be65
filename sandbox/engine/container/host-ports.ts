import type { Port, ServiceSpec, TaskStatus } from "../schema.js";
import { isOnHost } from "../world/built-in-networks.js";
import { freePort } from "./ports.js";

/** Ports of this machine by a container's own: `80/tcp`. */
export type RealPorts = Readonly<Record<string, number>>;

const keyOf = ({ TargetPort, Protocol = "tcp" }: Port): string => `${TargetPort}/${Protocol}`;

const sharesHost = ({ TaskTemplate: { Networks = [] } }: ServiceSpec): boolean => isOnHost(Networks.map(({ Target }) => Target));

/** What the service publishes in host mode. A container on its node's own network publishes nothing. */
const hostModePortsOf = (spec: ServiceSpec): readonly Port[] => (sharesHost(spec) ? [] : (spec.EndpointSpec?.Ports ?? [])).filter(({ PublishMode }) => PublishMode === "host");

/** The container's ports that are published on its node alone, as `80/tcp`. */
export const publishedBy = (spec: ServiceSpec): readonly string[] => hostModePortsOf(spec).map(keyOf);

/**
 * Gives what listens in a container a port of this machine: the fixed one where the service publishes it so, else a free
 * one. The engine's words where a fixed one is taken.
 */
export const allocatePorts = async (spec: ServiceSpec, imagePorts: readonly number[]): Promise<RealPorts | string> => {
  // The program asks for them itself, and ends if another has them.
  if (sharesHost(spec)) return Object.fromEntries(imagePorts.map((port) => [`${port}/tcp`, port]));
  const ports: Record<string, number> = {};
  for (const port of spec.EndpointSpec?.Ports ?? []) {
    const wanted = port.PublishMode === "host" ? (port.PublishedPort ?? 0) : 0;
    // Of udp's ports the program itself will see whether it can have them: that one of tcp has the number says nothing.
    const real = wanted > 0 && port.Protocol === "udp" ? wanted : await freePort(wanted);
    if (real === null) return `driver failed programming external connectivity on endpoint: Bind for 0.0.0.0:${wanted} failed: port is already allocated`;
    ports[keyOf(port)] = real;
  }
  for (const port of imagePorts) ports[`${port}/tcp`] ??= (await freePort()) ?? 0;
  return ports;
};

/** What a running task says of them. */
export const portStatusOf = (spec: ServiceSpec, real: RealPorts): TaskStatus["PortStatus"] => {
  const ports = hostModePortsOf(spec);
  return ports.length === 0 ? {} : { Ports: ports.map((port) => ({ ...port, PublishedPort: real[keyOf(port)] ?? 0 })) };
};
