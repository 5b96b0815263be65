import { invalidArgument } from "../refusal.js";
import type { Port, Service, ServiceSpec } from "../schema.js";
import type { World } from "../world/world.js";

/** From here on the mesh gives a port to a service that names none. */
const firstIngressPort = 30_000;

/** Whether two services cannot both have their port. A port without a number is never the same as another. */
const isSame = (one: Port, other: Port): boolean =>
  (one.PublishedPort ?? 0) !== 0 && one.PublishedPort === other.PublishedPort && (one.Protocol ?? "tcp") === (other.Protocol ?? "tcp");

/** Refuses a port of the mesh that another service has. Conflicts of ports in host mode are the scheduler's. */
const assertNoConflict = (wanted: readonly Port[], { ID, Spec: { Name }, Endpoint }: Service): void => {
  for (const port of Endpoint.Ports ?? []) {
    const isOfHost = port.PublishMode === "host";
    if (!wanted.some((one) => isSame(one, port) && !(isOfHost && one.PublishMode === "host"))) continue;
    invalidArgument(
      `port '${port.PublishedPort ?? 0}' is already in use by service '${Name}' (${ID}) as ${isOfHost ? "a host-published" : "an ingress"} port`,
    );
  }
};

/** The ports that a spec asks for, with a free one of the mesh if it names none. */
export const endpointOf = (world: World, spec: ServiceSpec, own: Service | null): Service["Endpoint"] => {
  const others = world.services.all().filter(({ ID }) => ID !== own?.ID);
  for (const other of others) assertNoConflict(spec.EndpointSpec?.Ports ?? [], other);
  const taken = new Set(others.flatMap(({ Endpoint }) => (Endpoint.Ports ?? []).map(({ PublishedPort = 0 }) => PublishedPort)));
  const before = own?.Endpoint.Ports ?? [];
  const published = (port: Port): Port => {
    if (port.PublishMode === "host") return port;
    const wanted = port.PublishedPort ?? 0;
    if (wanted !== 0) return { ...port, PublishMode: "ingress" };
    const kept = before.find(({ TargetPort, PublishMode }) => TargetPort === port.TargetPort && PublishMode === "ingress")?.PublishedPort;
    let free = kept ?? firstIngressPort;
    while (kept === undefined && taken.has(free)) free += 1;
    taken.add(free);
    return { ...port, PublishMode: "ingress", PublishedPort: free };
  };
  const ports = (spec.EndpointSpec?.Ports ?? []).map(published);
  return { Spec: spec.EndpointSpec ?? {}, ...(ports.length === 0 ? {} : { Ports: ports }) };
};
