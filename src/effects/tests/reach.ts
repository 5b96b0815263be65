import type { App } from "../../machines/vocabulary.js";
import type { Docker } from "../docker/docker.js";

interface PublishedPort {
  readonly TargetPort?: number;
  readonly PublishedPort?: number;
}

interface Container {
  readonly State?: { readonly Running?: boolean };
  readonly NetworkSettings?: {
    readonly Ports?: Readonly<Record<string, readonly { readonly HostPort?: string }[] | null>>;
    readonly Networks?: Readonly<Record<string, { readonly IPAddress?: string }>>;
  };
}

const inspect = async <T>(docker: Docker, args: readonly string[], signal: AbortSignal): Promise<readonly T[]> => {
  const parsed: unknown = JSON.parse(await docker.must(args, signal));
  return Array.isArray(parsed) ? (parsed as readonly T[]) : [];
};

/** The host's port in ingress mode: all of the Swarm's nodes listen on it. */
const ingressPort = async (docker: Docker, service: string, port: number, signal: AbortSignal): Promise<number | null> => {
  const [found] = await inspect<{ Endpoint?: { Ports?: readonly (PublishedPort & { PublishMode?: string })[] } }>(
    docker,
    ["service", "inspect", service],
    signal,
  );
  const match = found?.Endpoint?.Ports?.find(({ TargetPort, PublishMode }) => TargetPort === port && PublishMode === "ingress");
  return match?.PublishedPort ?? null;
};

const containersOf = async (docker: Docker, service: string, signal: AbortSignal): Promise<readonly Container[]> => {
  const filter = `label=com.docker.swarm.service.name=${service}`;
  const rows = await docker.lines(["container", "ls", "--no-trunc", "--filter", filter, "--format", "{{json .}}"], signal);
  const ids = rows.flatMap(({ ID }) => (typeof ID === "string" ? [ID] : []));
  return ids.length === 0 ? [] : inspect<Container>(docker, ["container", "inspect", ...ids], signal);
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
export const addressOf = async (docker: Docker, app: App, reach: string, signal: AbortSignal): Promise<string | null> => {
  const [scheme, name, target] = reach.split(":");
  if (scheme !== "service" || name === undefined || target === undefined) return reach.replaceAll("{domain}", app.domain);
  const service = `${app.stack}_${name}`;
  const port = Number(target);
  const ingress = await ingressPort(docker, service, port, signal);
  if (ingress !== null) return `http://127.0.0.1:${ingress}`;
  for (const container of await containersOf(docker, service, signal)) {
    const published = hostPort(container, port);
    if (published !== null) return `http://127.0.0.1:${published}`;
    const address = gatewayAddress(container);
    if (address !== null) return `http://${address}:${port}`;
  }
  return null;
};
