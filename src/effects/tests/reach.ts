import type { App } from "../../machines/vocabulary.js";
import type { Engine } from "../docker/engine.js";
import { isNotFound } from "../docker/engine-errors.js";
import type { Container, ContainerSummary, Service } from "../docker/engine-schema.js";
import { serviceOf } from "../docker/service-of.js";

/** The host's port in ingress mode: all of the Swarm's nodes listen on it. */
const ingressPort = (service: Service, port: number): number | null =>
  service.Endpoint?.Ports?.find(({ TargetPort, PublishMode }) => TargetPort === port && PublishMode === "ingress")?.PublishedPort ?? null;

/** One that went between the listing and the look is none. */
const inspect = async (engine: Engine, id: string, signal: AbortSignal): Promise<readonly Container[]> => {
  try {
    return [await engine.json<Container>("GET", `/containers/${id}/json`, { signal })];
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
};

/** The running containers of a service on this node. */
const containersOf = async (engine: Engine, service: string, signal: AbortSignal): Promise<readonly Container[]> => {
  const filters = { label: [`com.docker.swarm.service.name=${service}`] };
  const found = await engine.json<readonly ContainerSummary[]>("GET", "/containers/json", { query: { filters }, signal });
  return (await Promise.all(found.map(({ Id }) => inspect(engine, Id, signal)))).flat();
};

const hostPort = (container: Container, port: number): string | null =>
  container.NetworkSettings?.Ports?.[`${port}/tcp`]?.find(({ HostPort }) => HostPort !== undefined && HostPort !== "")?.HostPort ?? null;

/** docker_gwbridge joins a node's containers with its host; overlay addresses answer only inside. */
const gatewayAddress = (container: Container): string | null =>
  container.NetworkSettings?.Networks?.["docker_gwbridge"]?.IPAddress || null;

/**
 * The app's address as this host can reach it now, or null when there is none yet.
 *
 * `service:app:8080`: the published port where there is one (in host mode Docker chose it, so that parallel runs never
 * fight for it), else the container's own address.
 */
export const addressOf = async (engine: Engine, app: App, reach: string, signal: AbortSignal): Promise<string | null> => {
  const [scheme, name, target] = reach.split(":");
  if (scheme !== "service" || name === undefined || target === undefined) return reach.replaceAll("{domain}", app.domain);
  const service = await serviceOf(engine, app.stack, name, signal);
  if (service === null) return null;
  const port = Number(target);
  const ingress = ingressPort(service, port);
  if (ingress !== null) return `http://127.0.0.1:${ingress}`;
  for (const container of await containersOf(engine, service.Spec.Name, signal)) {
    const published = hostPort(container, port);
    if (published !== null) return `http://127.0.0.1:${published}`;
    const address = gatewayAddress(container);
    if (address !== null) return `http://${address}:${port}`;
  }
  return null;
};
