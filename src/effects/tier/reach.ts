import { reachFailure, shortName } from "../../machines/reach.js";
import type { App, Failure } from "../../machines/vocabulary.js";
import type { Engine } from "../docker/engine.js";
import type { Container, NetworkDetails, Service } from "../docker/engine-schema.js";
import { listContainers } from "../docker/list-containers.js";
import { stackFilter } from "../docker/look-at-stack.js";

/** The services of the app's stack. */
export const servicesOf = (engine: Engine, app: App, signal: AbortSignal): Promise<readonly Service[]> =>
  engine.json<readonly Service[]>("GET", "/services", { query: { filters: stackFilter(app.stack) }, signal });

const containersOf = async (engine: Engine, service: string, signal: AbortSignal): Promise<readonly Container[]> => {
  const filters = { label: [`com.docker.swarm.service.name=${service}`] };
  const listed = await listContainers(engine, { filters }, signal);
  return Promise.all(listed.map(({ Id }) => engine.json<Container>("GET", `/containers/${Id}/json`, { signal })));
};

/** The port that Docker chose on the host for one in host mode, so that parallel runs never fight for it. */
const hostPort = (container: Container, port: number): string | null =>
  container.NetworkSettings?.Ports?.[`${port}/tcp`]?.find(({ HostPort }) => HostPort !== undefined && HostPort !== "")?.HostPort ?? null;

/** The host's port in ingress mode: all of the Swarm's nodes listen on it. */
const ingressPort = ({ Endpoint }: Service, port: number): number | null =>
  Endpoint?.Ports?.find(({ TargetPort, PublishMode }) => TargetPort === port && PublishMode === "ingress")?.PublishedPort ?? null;

const bridge = "docker_gwbridge";

/**
 * Addresses of this node's containers on its bridge: it joins them with their host. An overlay's addresses answer only
 * inside, and the container's own document does not name the bridge's.
 */
const bridgeAddresses = async (engine: Engine, signal: AbortSignal): Promise<ReadonlyMap<string, string>> => {
  const { Containers } = await engine.json<NetworkDetails>("GET", `/networks/${bridge}`, { signal });
  return new Map(Object.entries(Containers ?? {}).flatMap(([id, { IPv4Address = "" }]) => (IPv4Address === "" ? [] : [[id, IPv4Address.replace(/\/\d+$/, "")] as const])));
};

/** What can be asked now, the likeliest first; none while nothing runs. */
const addressesOf = async (engine: Engine, service: Service, port: number, signal: AbortSignal): Promise<readonly string[]> => {
  const ingress = ingressPort(service, port);
  const containers = await containersOf(engine, service.Spec.Name, signal);
  const published = containers.flatMap((container) => hostPort(container, port) ?? []);
  const direct = published.length > 0 ? [] : await bridgeAddresses(engine, signal).catch(() => new Map<string, string>());
  return [
    ...published.map((host) => `http://127.0.0.1:${host}`),
    ...(ingress === null ? [] : [`http://127.0.0.1:${ingress}`]),
    ...containers.flatMap(({ Id }) => {
      const address = new Map(direct).get(Id);
      return address === undefined ? [] : [`http://${address}:${port}`];
    }),
  ];
};

export type Addresses = { readonly addresses: readonly string[] } | { readonly hopeless: Failure };

const snapshotNames = (services: readonly Service[]) => ({ services: services.map(({ Spec }) => ({ name: Spec.Name })) });

/** Where `service:NAME:PORT` answers from this host. */
export const serviceAddresses = async (engine: Engine, app: App, reach: { readonly service: string; readonly port: number }, signal: AbortSignal): Promise<Addresses> => {
  const services = await servicesOf(engine, app, signal);
  const unknown = reachFailure(app, `service:${reach.service}:${reach.port}`, snapshotNames(services));
  if (unknown !== null) return { hopeless: unknown };
  const service = services.find(({ Spec }) => shortName(app, Spec.Name) === reach.service);
  return { addresses: service === undefined ? [] : await addressesOf(engine, service, reach.port, signal) };
};

const portLabel = /^traefik\.http\.services\.[^.]+\.loadbalancer\.server\.port$/i;

export interface Labelled {
  readonly service: string;
  readonly port: number;
}

/** The service and port that a recipe tells its proxy; `app` before others. */
export const labelledPort = (app: App, services: readonly Service[]): Labelled | null => {
  const found = services.flatMap(({ Spec: { Name, Labels } }) =>
    Object.entries(Labels ?? {}).flatMap(([key, value]) => (portLabel.test(key) && /^\d{1,5}$/.test(value.trim()) ? [{ service: shortName(app, Name), port: Number(value) }] : [])),
  );
  return found.find(({ service }) => service === "app") ?? found[0] ?? null;
};

/** Whether this Swarm has a proxy: somebody else's service that publishes 443. */
export const hasProxy = async (engine: Engine, app: App, signal: AbortSignal): Promise<boolean> => {
  const services = await engine.json<readonly Service[]>("GET", "/services", { signal });
  return services.some(
    ({ Spec: { Labels }, Endpoint }) => Labels?.["com.docker.stack.namespace"] !== app.stack && (Endpoint?.Ports ?? []).some(({ PublishedPort }) => PublishedPort === 443),
  );
};
