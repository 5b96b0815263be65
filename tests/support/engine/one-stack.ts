import type { Engine } from "../../../src/effects/docker/engine.js";
import { stackLabelName } from "../../../src/effects/docker/stack-label.js";
import type { Service } from "../../../src/effects/docker/engine-schema.js";
import type { App, Domain, StackName } from "../../../src/machines/vocabulary.js";
import { engineOn, startDaemon } from "./daemon.js";

// A name below `invalid` never resolves, so no proxy on this machine can serve it.
export const app: App = {
  recipe: "box",
  domain: "box-123456.reach.invalid" as Domain,
  stack: "box-123456_reach_invalid" as StackName,
  commit: "c",
};
export const stackLabel = stackLabelName;
export const portLabel = "traefik.http.services.box.loadbalancer.server.port";

export const service = (
  name: string,
  labels: Readonly<Record<string, string>> = {},
  ports: NonNullable<Service["Endpoint"]>["Ports"] = [],
): Service => ({
  ID: name,
  Spec: { Name: `${app.stack}_${name}`, Labels: { [stackLabel]: app.stack, ...labels } },
  Endpoint: { Ports: ports },
});
export const proxy: Service = {
  ID: "traefik",
  Spec: { Name: "traefik_app", Labels: { [stackLabel]: "traefik" } },
  Endpoint: { Ports: [{ Protocol: "tcp", TargetPort: 443, PublishedPort: 443, PublishMode: "host" }] },
};

export interface Swarm {
  services: readonly Service[];
  /** Of each container of a service: the ports as its own document has them. */
  containers: Readonly<
    Record<
      string,
      {
        readonly of: string;
        readonly ports: Readonly<Record<string, readonly { readonly HostPort?: string }[] | null>>;
        readonly networks?: readonly string[];
      }
    >
  >;
  /** Null: the network does not exist. */
  bridge: Readonly<Record<string, string>> | null;
}

const wantedLabel = (query: URLSearchParams): string | undefined =>
  (JSON.parse(query.get("filters") ?? "{}") as { label?: readonly string[] }).label?.[0];

/** What an Engine answers to the four kinds of request, filtered by the requested label. */
const answerTo = (swarm: Swarm, path: string, query: URLSearchParams): object | null => {
  const label = wantedLabel(query);
  const [, id = ""] = /^\/containers\/(\w+)\/json$/.exec(path) ?? [];
  if (path === "/services")
    return swarm.services.filter(({ Spec: { Labels } }) => label === undefined || label === `${stackLabel}=${Labels?.[stackLabel] ?? ""}`);
  if (path === "/containers/json")
    return Object.entries(swarm.containers).flatMap(([Id, { of }]) =>
      label === `com.docker.swarm.service.name=${app.stack}_${of}` ? [{ Id }] : [],
    );
  if (path === "/networks/docker_gwbridge")
    return (
      swarm.bridge && { Containers: Object.fromEntries(Object.entries(swarm.bridge).map(([one, IPv4Address]) => [one, { IPv4Address }])) }
    );
  const container = swarm.containers[id];
  return container === undefined
    ? null
    : {
        Id: id,
        Name: `/${id}`,
        NetworkSettings: { Ports: container.ports, Networks: Object.fromEntries((container.networks ?? []).map((name) => [name, {}])) },
      };
};

/** An engine with one stack. `swarm` is called for each request, so a test can change the stack between requests. */
export const engineOf = async (swarm: () => Swarm): Promise<Engine> => {
  const { socket } = await startDaemon((request, answer) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://engine");
    const found = answerTo(swarm(), pathname.replace(/^\/v1\.\d+/, ""), searchParams);
    answer
      .writeHead(found === null ? 404 : 200, { "Content-Type": "application/json" })
      .end(JSON.stringify(found ?? { message: "no such thing" }));
  });
  return engineOn(socket);
};
