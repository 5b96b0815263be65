import type { Port, ServiceSpec, TaskStatus } from "../schema.js";
import { isOnHost } from "../world/built-in-networks.js";
import { freePort } from "./ports.js";

/** Ports of this machine by a container's own: `80/tcp`. */
export type RealPorts = Readonly<Record<string, number>>;

const keyOf = ({ TargetPort, Protocol = "tcp" }: Port): string => `${TargetPort}/${Protocol}`;

const sharesHost = ({ TaskTemplate: { Networks = [] } }: ServiceSpec): boolean => isOnHost(Networks.map(({ Target }) => Target));

/** What the service publishes in host mode. A container on its node's own network publishes nothing. */
const hostModePortsOf = (spec: ServiceSpec): readonly Port[] =>
  (sharesHost(spec) ? [] : (spec.EndpointSpec?.Ports ?? [])).filter(({ PublishMode }) => PublishMode === "host");

/** The container's ports that are published on its node alone, as `80/tcp`. */
export const publishedBy = (spec: ServiceSpec): readonly string[] => hostModePortsOf(spec).map(keyOf);

/**
 * Allocates a port of this machine for each port of a container: the fixed one if the service publishes it so, else a free
 * one. If a fixed one is taken, returns the engine's message.
 */
export const allocatePorts = async (spec: ServiceSpec, imagePorts: readonly number[]): Promise<RealPorts | string> => {
  // The program opens these ports itself, and ends if another has them.
  if (sharesHost(spec)) return Object.fromEntries(imagePorts.map((port) => [`${port}/tcp`, port]));
  const ports: Record<string, number> = {};
  for (const port of spec.EndpointSpec?.Ports ?? []) {
    const wanted = port.PublishMode === "host" ? (port.PublishedPort ?? 0) : 0;
    // A udp port is not tried here, since the tcp port of that number says nothing about it; the program will see.
    const real = wanted > 0 && port.Protocol === "udp" ? wanted : await freePort(wanted);
    if (real === null)
      return `driver failed programming external connectivity on endpoint: Bind for 0.0.0.0:${wanted} failed: port is already allocated`;
    ports[keyOf(port)] = real;
  }
  for (const port of imagePorts) ports[`${port}/tcp`] ??= (await freePort()) ?? 0;
  return ports;
};

/** The ports in a running task's status. */
export const portStatusOf = (spec: ServiceSpec, real: RealPorts): TaskStatus["PortStatus"] => {
  const ports = hostModePortsOf(spec);
  return ports.length === 0 ? {} : { Ports: ports.map((port) => ({ ...port, PublishedPort: real[keyOf(port)] ?? 0 })) };
};
