import { reachFailure, shortName } from "../../machines/reach.js";
import type { App, Failure } from "../../machines/vocabulary.js";
import type { Engine } from "../docker/engine.js";
import type { Container, NetworkDetails, Service } from "../docker/engine-schema.js";
import { listContainers } from "../docker/list-containers.js";
import { stackFilter, stackLabelName } from "../docker/stack-label.js";
import { hostsIn } from "../policy/router-rule.js";

/** The services of the app's stack. */
export const servicesOf = (engine: Engine, app: App, signal: AbortSignal): Promise<readonly Service[]> =>
  engine.json<readonly Service[]>("GET", "/services", { query: { filters: stackFilter(app.stack) }, signal });

const containersOf = async (engine: Engine, service: string, signal: AbortSignal): Promise<readonly Container[]> => {
  const filters = { label: [`com.docker.swarm.service.name=${service}`] };
  const listed = await listContainers(engine, { filters }, signal);
  return Promise.all(listed.map(({ Id }) => engine.json<Container>("GET", `/containers/${Id}/json`, { signal })));
};

/** The port on the host that Docker chose for one in host mode, so that parallel runs do not compete for it. */
const hostPort = (container: Container, port: number): string | null =>
  container.NetworkSettings?.Ports?.[`${port}/tcp`]?.find(({ HostPort }) => HostPort !== undefined && HostPort !== "")?.HostPort ?? null;

/** The published port in ingress mode: all nodes of the Swarm listen on it. */
const ingressPort = ({ Endpoint }: Service, port: number): number | null =>
  Endpoint?.Ports?.find(({ TargetPort, PublishMode }) => TargetPort === port && PublishMode === "ingress")?.PublishedPort ?? null;

/** Whether a container is on its node's own network: it then has no address and publishes nothing, and its ports are the node's. */
const isOnHost = ({ NetworkSettings }: Container): boolean => NetworkSettings?.Networks?.["host"] !== undefined;

const bridge = "docker_gwbridge";

/**
 * Addresses of this node's containers on its bridge, which connects them with the host. Addresses of an overlay network
 * answer only inside it, and a container's own document does not contain those of the bridge.
 */
const bridgeAddresses = async (engine: Engine, signal: AbortSignal): Promise<ReadonlyMap<string, string>> => {
  const { Containers } = await engine.json<NetworkDetails>("GET", `/networks/${bridge}`, { signal });
  return new Map(
    Object.entries(Containers ?? {}).flatMap(([id, { IPv4Address = "" }]) =>
      IPv4Address === "" ? [] : [[id, IPv4Address.replace(/\/\d+$/, "")] as const],
    ),
  );
};

/** The addresses that can be asked now, the likeliest first; none while nothing runs. */
const addressesOf = async (engine: Engine, service: Service, port: number, signal: AbortSignal): Promise<readonly string[]> => {
  const ingress = ingressPort(service, port);
  const containers = await containersOf(engine, service.Spec.Name, signal);
  const published = containers.flatMap((container) => hostPort(container, port) ?? []);
  const direct =
    published.length > 0 ? new Map<string, string>() : await bridgeAddresses(engine, signal).catch(() => new Map<string, string>());
  return [
    ...published.map((host) => `http://127.0.0.1:${host}`),
    ...(ingress === null ? [] : [`http://127.0.0.1:${ingress}`]),
    ...(containers.some(isOnHost) ? [`http://127.0.0.1:${port}`] : []),
    ...containers.flatMap(({ Id }) => {
      const address = direct.get(Id);
      return address === undefined ? [] : [`http://${address}:${port}`];
    }),
  ];
};

type Addresses = { readonly addresses: readonly string[] } | { readonly hopeless: Failure };

const snapshotNames = (services: readonly Service[]) => ({ services: services.map(({ Spec }) => ({ name: Spec.Name })) });

/** The addresses at which `service:NAME:PORT` answers from this host. */
export const serviceAddresses = async (
  engine: Engine,
  app: App,
  reach: { readonly service: string; readonly port: number },
  signal: AbortSignal,
): Promise<Addresses> => {
  const services = await servicesOf(engine, app, signal);
  const unknown = reachFailure(app, `service:${reach.service}:${reach.port}`, snapshotNames(services));
  if (unknown !== null) return { hopeless: unknown };
  const service = services.find(({ Spec }) => shortName(app, Spec.Name) === reach.service);
  return { addresses: service === undefined ? [] : await addressesOf(engine, service, reach.port, signal) };
};

export interface Labelled {
  readonly service: string;
  readonly port: number;
}

interface Candidate extends Labelled {
  /** The shortest rule by which the proxy sends requests for the app's own host there; null if there is none. */
  readonly rule: string | null;
}

/** traefik ignores the case of keys. */
const keyOf = (kind: "services" | "routers", rest: string): RegExp =>
  new RegExp(String.raw`^traefik\.http\.${kind}\.(?<name>[^.]+)\.${rest}$`, "i");
const [portKey, ruleKey, targetKey] = [
  keyOf("services", String.raw`loadbalancer\.server\.port`),
  keyOf("routers", "rule"),
  keyOf("routers", "service"),
];

/** The values of the labels of one kind, by the name in their keys. */
const named = (labels: readonly (readonly [string, string])[], key: RegExp): ReadonlyMap<string, string> =>
  new Map(
    labels.flatMap(([label, value]) => {
      const name = key.exec(label)?.groups?.["name"];
      return name === undefined ? [] : [[name.toLowerCase(), value.trim()] as const];
    }),
  );

const shortest = (rules: readonly string[]): string | null => rules.toSorted((one, other) => one.length - other.length)[0] ?? null;

/** What one service's labels tell the proxy: for each port, whether requests for the app's own host go there. */
const candidatesOf = (app: App, { Spec: { Name, Labels } }: Service): readonly Candidate[] => {
  const labels = Object.entries(Labels ?? {});
  const ports = new Map([...named(labels, portKey)].filter(([, value]) => /^\d{1,5}$/.test(value)));
  const rules = [...named(labels, ruleKey)].filter(([, rule]) => hostsIn(rule).includes(app.domain));
  const targets = named(labels, targetKey);
  // Like traefik: if a router names no service, it takes the only one that the labels define.
  const targetOf = (router: string): string | undefined =>
    (targets.get(router) ?? (ports.size === 1 ? [...ports.keys()][0] : router))?.split("@")[0]?.toLowerCase();
  return [...ports].map(([name, port]) => ({
    service: shortName(app, Name),
    port: Number(port),
    rule: shortest(rules.flatMap(([router, rule]) => (targetOf(router) === name ? [rule] : []))),
  }));
};

/** The shortest rule has the lowest priority, so it gets the requests that no other rule takes, such as those for `/`. */
const byRule = (one: Candidate, other: Candidate): number => (one.rule ?? "").length - (other.rule ?? "").length;

/**
 * The service and port that a recipe's labels give to its proxy. If there are several, the one that gets the requests
 * for the app's own host; if no rule decides, `app` before others.
 */
export const labelledPort = (app: App, services: readonly Service[]): Labelled | null => {
  const all = services
    .flatMap((service) => candidatesOf(app, service))
    .toSorted((one, other) => Number(other.service === "app") - Number(one.service === "app"));
  const [found] = [...all.filter(({ rule }) => rule !== null).toSorted(byRule), ...all];
  return found === undefined ? null : { service: found.service, port: found.port };
};

/** Whether this Swarm has a proxy: somebody else's service that publishes 443. */
export const hasProxy = async (engine: Engine, app: App, signal: AbortSignal): Promise<boolean> => {
  const services = await engine.json<readonly Service[]>("GET", "/services", { signal });
  return services.some(
    ({ Spec: { Labels }, Endpoint }) =>
      Labels?.[stackLabelName] !== app.stack && (Endpoint?.Ports ?? []).some(({ PublishedPort }) => PublishedPort === 443),
  );
};
