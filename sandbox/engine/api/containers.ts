import { constants } from "node:os";
import { signalGroup } from "../container/group.js";
import { findImage } from "../container/images.js";
import { isSignal } from "../../../src/effects/compose/engine-words.js";
import { asSignal, unsupportedNumber } from "../container/signals.js";
import { refuse, refuseUnknown } from "../refusal.js";
import type { ContainerRecord } from "../schema.js";
import type { World } from "../world/world.js";
import { isOnHost } from "../world/built-in-networks.js";
import { hasId, hasLabels, hasName, isOneOf, parseFilters } from "./filters.js";
import { logsOf } from "./log-stream.js";
import { done, ok, type Ask, type Route } from "./route.js";

export const findContainer = ({ engine: { world }, of }: Ask): ContainerRecord =>
  world.findContainer(of("id")) ?? refuse(404, `No such container: ${of("id")}`);

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

const summary = (world: World, container: ContainerRecord): object => ({
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

const never = "0001-01-01T00:00:00Z";

const document = (world: World, container: ContainerRecord): object => {
  const { id, state, health, command, lastFailedLook: lastLook } = container;
  return {
    Id: id,
    Created: container.createdAt,
    Path: command[0] ?? "",
    Args: command.slice(1),
    State: {
      Status: state,
      Running: state === "running",
      Paused: false,
      Restarting: false,
      OOMKilled: false,
      Dead: false,
      Pid: container.pid ?? 0,
      ExitCode: container.exitCode,
      Error: "",
      StartedAt: container.startedAt ?? never,
      FinishedAt: container.finishedAt ?? never,
      ...(health === "none"
        ? {}
        : {
            Health: {
              Status: health,
              FailingStreak: 0,
              Log: lastLook === undefined ? [] : [{ ExitCode: lastLook.code, Output: lastLook.output }],
            },
          }),
    },
    Image: findImage(container.image)?.id ?? "",
    Name: `/${container.name}`,
    RestartCount: 0,
    Driver: "sandbox",
    Platform: "linux",
    HostConfig: {
      NetworkMode: networkMode(container),
      RestartPolicy: { Name: "", MaximumRetryCount: 0 },
      Privileged: false,
      Mounts: container.mounts.map(({ type, source, name, target }) => ({
        Type: type,
        Source: type === "volume" ? name : source,
        Target: target,
      })),
    },
    Mounts: mountsOf(container),
    Config: {
      Hostname: container.hostname,
      User: container.user,
      Env: [...container.env, "PATH=/bin"],
      Cmd: command,
      ...(container.healthConfig === null ? {} : { Healthcheck: container.healthConfig }),
      Image: container.image,
      WorkingDir: "/app",
      Entrypoint: null,
      Labels: container.labels,
      StopSignal: container.stopSignal,
      StopTimeout: Math.round(container.stopGraceMs / 1_000),
    },
    NetworkSettings: {
      Ports: Object.fromEntries(
        publishedPorts(container).map(([target, real]) => [target, [{ HostIp: "127.0.0.1", HostPort: String(real) }]]),
      ),
      Networks: networksOf(world, container),
    },
  };
};

/** Resolves when the container has ended, or after `withinMs`. */
const ended = async (world: World, id: string, withinMs: number): Promise<boolean> => {
  const end = Date.now() + withinMs;
  for (;;) {
    const container = world.containers.get(id);
    if (container === null || container.state === "exited") return true;
    if (Date.now() >= end) return false;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

/** Called before the signal, so that nobody learns of the end first. */
const sayKill = ({ bulletin }: World, { id, labels, image, name }: ContainerRecord, signal: NodeJS.Signals): void =>
  bulletin.say("container", "kill", id, { ...labels, image, name, signal: String(constants.signals[signal]) });

const stop = async (ask: Ask): Promise<void> => {
  const { world } = ask.engine;
  const container = findContainer(ask);
  const graceMs = ask.query.get("t") === null ? container.stopGraceMs : Number(ask.query.get("t")) * 1_000;
  sayKill(world, container, container.stopSignal);
  signalGroup(container.pid, container.stopSignal);
  if (!(await ended(world, container.id, graceMs))) {
    signalGroup(container.pid, "SIGKILL");
    await ended(world, container.id, 5_000);
  }
  world.bulletin.say("container", "stop", container.id, { ...container.labels, image: container.image, name: container.name });
};

export const containerRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/containers/json",
    words: ["container ls", "container ps", "container list", "ps"],
    answer: ({ engine: { world }, query, is }) => {
      const filters = parseFilters(
        query,
        ["ancestor", "id", "label", "name", "network", "status", "volume", "health", "exited"],
        ["is-task", "since", "before", "expose", "publish", "isolation"],
      );
      const isAsked = (container: ContainerRecord): boolean => {
        if (filters.of("status").length > 0) return filters.of("status").includes(container.state);
        return is("all") || container.state !== "exited";
      };
      const found = world.containers
        .all()
        .filter(
          (container) =>
            isAsked(container) &&
            hasLabels(container.labels, filters.of("label")) &&
            hasName(container.name, filters.of("name")) &&
            hasId(container.id, filters.of("id")) &&
            isOneOf(container.health, filters.of("health")) &&
            isOneOf(String(container.exitCode), filters.of("exited")) &&
            isOneOf(container.image, filters.of("ancestor")) &&
            (filters.of("volume").length === 0 ||
              container.mounts.some(({ name, target }) => filters.of("volume").includes(name) || filters.of("volume").includes(target))) &&
            (filters.of("network").length === 0 ||
              container.networks.some(
                (id) => filters.of("network").includes(id) || filters.of("network").includes(world.findNetwork(id)?.Name ?? ""),
              )),
        );
      return ok(found.toSorted((one, other) => other.createdAt.localeCompare(one.createdAt)).map((container) => summary(world, container)));
    },
  },
  {
    method: "GET",
    path: "/containers/:id/json",
    words: ["container inspect", "inspect"],
    answer: (ask) => ok(document(ask.engine.world, findContainer(ask))),
  },
  {
    method: "GET",
    path: "/containers/:id/logs",
    words: ["container logs", "logs"],
    answer: (ask) => {
      const task = ask.engine.world.tasks.get(findContainer(ask).taskId);
      return logsOf(ask, () => (task === null ? [] : [task.task]));
    },
  },
  {
    method: "POST",
    path: "/containers/:id/stop",
    words: ["container stop", "stop"],
    answer: async (ask) => {
      if (findContainer(ask).state !== "running") return { status: 304 };
      await stop(ask);
      return done;
    },
  },
  {
    method: "POST",
    path: "/containers/:id/kill",
    words: ["container kill", "kill"],
    answer: (ask) => {
      const name = ask.query.get("signal") || "KILL";
      if (!isSignal(name)) refuse(400, `Invalid signal: ${name}`);
      const cannot = (status: number, why: string): never => refuse(status, `Cannot kill container: ${ask.of("id")}: ${why}`);
      const container = ask.engine.world.findContainer(ask.of("id")) ?? cannot(404, `No such container: ${ask.of("id")}`);
      const unsupported = unsupportedNumber(name);
      if (unsupported !== null) cannot(500, `The linux daemon does not support signal ${unsupported}`);
      if (container.state !== "running") cannot(409, `Container ${container.id} is not running`);
      const signal = asSignal(name);
      if (constants.signals[signal] === undefined) refuseUnknown(`the signal ${name}`);
      sayKill(ask.engine.world, container, signal);
      signalGroup(container.pid, signal);
      return done;
    },
  },
  {
    method: "DELETE",
    path: "/containers/:id",
    words: ["container rm", "rm"],
    answer: (ask) => {
      const container = findContainer(ask);
      if (container.state === "running" && !ask.is("force")) {
        refuse(409, `You cannot remove a running container ${container.id}. Stop the container before attempting removal or force remove`);
      }
      ask.engine.swarm.forget(container, ask.is("v"));
      return done;
    },
  },
];
