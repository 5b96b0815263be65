import { release, totalmem } from "node:os";
import { node } from "../swarm/node.js";
import type { Notice } from "../world/bulletin.js";
import { isOneOf, parseFilters } from "./filters.js";
import { ok, type Route } from "./route.js";

/** The version of the API that these answers follow. */
export const apiVersion = "1.41";

const serverVersion = "20.10.24-sandbox";

const swarmInfo = {
  NodeID: node.id,
  NodeAddr: "127.0.0.1",
  LocalNodeState: "active",
  ControlAvailable: true,
  Error: "",
  RemoteManagers: [{ NodeID: node.id, Addr: "127.0.0.1:2377" }],
  Nodes: 1,
  Managers: 1,
  Cluster: {
    ID: "sandboxcluster00000000000",
    Version: { Index: 10 },
    Spec: { Name: "default", Labels: {}, Orchestration: { TaskHistoryRetentionLimit: 5 } },
    RootRotationInProgress: false,
  },
};

const nodeDocument = {
  ID: node.id,
  Version: { Index: 10 },
  CreatedAt: "2026-01-01T00:00:00Z",
  UpdatedAt: "2026-01-01T00:00:00Z",
  Spec: { Labels: {}, Role: node.role, Availability: "active" },
  Description: {
    Hostname: node.hostname,
    Platform: { Architecture: node.arch, OS: node.os },
    Resources: { NanoCPUs: node.cpus * 1_000_000_000, MemoryBytes: node.memory },
    Engine: { EngineVersion: serverVersion },
  },
  Status: { State: "ready", Addr: "127.0.0.1" },
  ManagerStatus: { Leader: true, Reachability: "reachable", Addr: "127.0.0.1:2377" },
};

const ping: Route["answer"] = () => ({ status: 200, body: "OK", headers: { "Content-Type": "text/plain; charset=utf-8" } });

const matches = (notice: Notice, of: (name: string) => readonly string[]): boolean => {
  const { Type, Action, Actor, scope } = notice;
  const isNamed = (kind: string): boolean => {
    const wanted = of(kind);
    return (
      wanted.length === 0 || (Type === kind && wanted.some((handle) => Actor.ID.startsWith(handle) || Actor.Attributes["name"] === handle))
    );
  };
  const hasAction = of("event").length === 0 || of("event").some((event) => Action === event || Action.startsWith(`${event}:`));
  const hasLabel = of("label").every((text) => {
    const [key = "", ...rest] = text.split("=");
    return key in Actor.Attributes && (rest.length === 0 || Actor.Attributes[key] === rest.join("="));
  });
  return (
    hasAction &&
    hasLabel &&
    isOneOf(Type, of("type")) &&
    isOneOf(scope, of("scope")) &&
    ["container", "service", "network", "volume", "secret", "config", "node"].every(isNamed)
  );
};

/** Events of containers also have the fields from when there were no other events. */
const eventLine = (notice: Notice): string => {
  const { Type, Action, Actor } = notice;
  const old = Type === "container" ? { status: Action, id: Actor.ID, from: Actor.Attributes["image"] ?? "" } : {};
  return `${JSON.stringify({ ...old, ...notice })}\n`;
};

const secondsOf = (text: string | null): number | null =>
  text === null || text === "" ? null : /^[\d.]+$/.test(text) ? Number(text) : Date.parse(text) / 1_000;

export const systemRoutes: readonly Route[] = [
  { method: "GET", path: "/_ping", words: ["ping"], answer: ping },
  { method: "HEAD", path: "/_ping", words: ["ping"], answer: ping },
  {
    method: "GET",
    path: "/version",
    words: ["version"],
    answer: () =>
      ok({
        Platform: { Name: "" },
        Components: [
          {
            Name: "Engine",
            Version: serverVersion,
            Details: { ApiVersion: apiVersion, MinAPIVersion: "1.12", Os: "linux", Arch: node.arch },
          },
        ],
        Version: serverVersion,
        ApiVersion: apiVersion,
        MinAPIVersion: "1.12",
        Os: "linux",
        Arch: node.arch,
        KernelVersion: release(),
      }),
  },
  {
    method: "GET",
    path: "/info",
    words: ["info", "system info"],
    answer: ({ engine: { world } }) => {
      const all = world.containers.all();
      return ok({
        ID: "SANDBOX",
        Containers: all.length,
        ContainersRunning: all.filter(({ state }) => state === "running").length,
        ContainersPaused: 0,
        ContainersStopped: all.filter(({ state }) => state === "exited").length,
        Driver: "sandbox",
        KernelVersion: release(),
        OperatingSystem: "recipe-ci sandbox",
        OSType: "linux",
        Architecture: node.arch,
        NCPU: node.cpus,
        MemTotal: totalmem(),
        DockerRootDir: world.place.path(),
        Name: node.hostname,
        Labels: [],
        ServerVersion: serverVersion,
        Swarm: swarmInfo,
        LiveRestoreEnabled: false,
        Warnings: null,
      });
    },
  },
  { method: "GET", path: "/swarm", words: ["swarm"], answer: () => ok(swarmInfo.Cluster) },
  {
    method: "GET",
    path: "/nodes",
    words: ["node ls"],
    answer: ({ query }) =>
      ok(
        [nodeDocument].filter(({ ID }) =>
          isOneOf(ID, parseFilters(query, ["id"], ["name", "label", "node.label", "role", "membership"]).of("id")),
        ),
      ),
  },
  {
    method: "GET",
    path: "/nodes/:id",
    words: ["node inspect"],
    answer: ({ of }) =>
      of("id") === node.id || of("id") === node.hostname || of("id") === "self"
        ? ok(nodeDocument)
        : { status: 404, body: { message: `node ${of("id")} not found` } },
  },
  {
    method: "GET",
    path: "/events",
    words: ["events", "system events"],
    answer: ({ engine: { world }, query, onGone }) => {
      const filters = parseFilters(
        query,
        ["type", "event", "label", "scope", "container", "service", "network", "volume", "secret", "config", "node"],
        ["image", "daemon", "plugin"],
      );
      const since = secondsOf(query.get("since"));
      const until = secondsOf(query.get("until"));
      return {
        status: 200,
        headers: { "Content-Type": "application/json" },
        stream: (out) => {
          const tell = (notice: Notice): void => void (matches(notice, filters.of) && out.write(eventLine(notice)));
          if (since !== null)
            for (const notice of world.bulletin.since(since)) if (until === null || notice.timeNano / 1e9 <= until) tell(notice);
          const stop = world.bulletin.listen(tell);
          const end = until === null ? null : setTimeout(() => out.end(), Math.max(0, until * 1_000 - Date.now()));
          onGone(() => {
            stop();
            if (end !== null) clearTimeout(end);
          });
        },
      };
    },
  },
];
