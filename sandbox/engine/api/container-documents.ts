import { findImage } from "../container/images.js";
import type { ContainerRecord } from "../world/records.js";
import { isOnHost } from "../world/built-in-networks.js";
import type { World } from "../world/world.js";

const ago = (since: string | null): string => {
  const seconds = Math.round((Date.now() - Date.parse(since ?? new Date().toISOString())) / 1_000);
  return seconds < 1 ? "Less than a second" : seconds === 1 ? "1 second" : `${seconds} seconds`;
};

const statusOf = ({ state, exitCode, startedAt, finishedAt, health }: ContainerRecord): string => {
  if (state === "created") return "Created";
  if (state === "exited") return `Exited (${exitCode}) ${ago(finishedAt)} ago`;
  return `Up ${ago(startedAt)}${health === "none" ? "" : health === "starting" ? " (health: starting)" : ` (${health})`}`;
};

const portNumber = (target: string): number => Number(target.split("/")[0]);
const protocol = (target: string): string => target.split("/")[1] ?? "tcp";

const mountsOf = ({ mounts }: ContainerRecord): readonly object[] =>
  mounts.map(({ type, name, source, target, readOnly }) => ({
    Type: type,
    ...(type === "volume" ? { Name: name, Driver: "local" } : {}),
    Source: source,
    Destination: target,
    Mode: type === "volume" ? "z" : "",
    RW: !readOnly,
    Propagation: type === "bind" ? "rprivate" : "",
  }));

const networksOf = (world: World, { networks, state }: ContainerRecord): object =>
  Object.fromEntries(
    networks.map((id) => [
      world.findNetwork(id)?.Name ?? id,
      {
        IPAMConfig: null,
        Links: null,
        Aliases: null,
        NetworkID: id,
        EndpointID: "",
        Gateway: "",
        IPAddress: state === "exited" ? "" : "127.0.0.1",
        IPPrefixLen: 8,
        MacAddress: "",
        DriverOpts: null,
      },
    ]),
  );

const networkMode = ({ networks }: ContainerRecord): string => (isOnHost(networks) ? "host" : "default");

/** Only the ports that the service publishes. The container itself knows the others by its SANDBOX_PORT_ variables. */
const publishedPorts = ({ ports, published, state }: ContainerRecord): readonly (readonly [string, number])[] =>
  state === "exited" ? [] : Object.entries(ports).filter(([target]) => published.includes(target));

/** A container as `/containers/json` lists it. */
export const containerSummary = (world: World, container: ContainerRecord): object => ({
  Id: container.id,
  Names: [`/${container.name}`],
  Image: container.image,
  ImageID: findImage(container.image)?.id ?? "",
  Command: container.command.join(" "),
  Created: Math.floor(Date.parse(container.createdAt) / 1_000),
  Ports: publishedPorts(container).map(([target, real]) => ({
    IP: "127.0.0.1",
    PrivatePort: portNumber(target),
    PublicPort: real,
    Type: protocol(target),
  })),
  Labels: container.labels,
  State: container.state,
  Status: statusOf(container),
  HostConfig: { NetworkMode: networkMode(container) },
  NetworkSettings: { Networks: networksOf(world, container) },
  Mounts: mountsOf(container),
});

/** The engine's time for what has not happened. */
const never = "0001-01-01T00:00:00Z";

const stateOf = ({ state, health, pid, exitCode, startedAt, finishedAt, lastFailedLook: lastLook }: ContainerRecord): object => ({
  Status: state,
  Running: state === "running",
  Paused: false,
  Restarting: false,
  OOMKilled: false,
  Dead: false,
  Pid: pid ?? 0,
  ExitCode: exitCode,
  Error: "",
  StartedAt: startedAt ?? never,
  FinishedAt: finishedAt ?? never,
  ...(health === "none"
    ? {}
    : {
        Health: {
          Status: health,
          FailingStreak: 0,
          Log: lastLook === undefined ? [] : [{ ExitCode: lastLook.code, Output: lastLook.output }],
        },
      }),
});

const hostConfigOf = (container: ContainerRecord): object => ({
  NetworkMode: networkMode(container),
  RestartPolicy: { Name: "", MaximumRetryCount: 0 },
  Privileged: false,
  Mounts: container.mounts.map(({ type, source, name, target }) => ({
    Type: type,
    Source: type === "volume" ? name : source,
    Target: target,
  })),
});

const configOf = (container: ContainerRecord): object => ({
  Hostname: container.hostname,
  User: container.user,
  Env: [...container.env, "PATH=/bin"],
  Cmd: container.command,
  ...(container.healthConfig === null ? {} : { Healthcheck: container.healthConfig }),
  Image: container.image,
  WorkingDir: "/app",
  Entrypoint: null,
  Labels: container.labels,
  StopSignal: container.stopSignal,
  StopTimeout: Math.round(container.stopGraceMs / 1_000),
});

/** A container as `/containers/ID/json` shows it. */
export const containerDocument = (world: World, container: ContainerRecord): object => ({
  Id: container.id,
  Created: container.createdAt,
  Path: container.command[0] ?? "",
  Args: container.command.slice(1),
  State: stateOf(container),
  Image: findImage(container.image)?.id ?? "",
  Name: `/${container.name}`,
  RestartCount: 0,
  Driver: "sandbox",
  Platform: "linux",
  HostConfig: hostConfigOf(container),
  Mounts: mountsOf(container),
  Config: configOf(container),
  NetworkSettings: {
    Ports: Object.fromEntries(
      publishedPorts(container).map(([target, real]) => [target, [{ HostIp: "127.0.0.1", HostPort: String(real) }]]),
    ),
    Networks: networksOf(world, container),
  },
});
