/**
 * The Engine's calls on top of the sandbox's docker executable, for as long as the sandbox has no engine that listens.
 * Goes with it: nothing else may use it.
 */
import { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import type { Docker } from "./docker.js";
import type { Engine, EngineAsk } from "./engine.js";
import { EngineRefused } from "./engine-errors.js";
import type { Labels } from "./engine-schema.js";

type Row = Readonly<Record<string, unknown>>;

const text = (value: unknown): string => (typeof value === "string" ? value : "");

const labelsOf = (row: Row): Labels => {
  const pairs = text(row["Labels"]).split(",").filter((pair) => pair !== "");
  return Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
};

const wantedLabels = ({ query }: EngineAsk): readonly string[] => {
  const filters = query?.["filters"];
  return typeof filters === "object" && "label" in filters && Array.isArray(filters.label) ? filters.label.map(String) : [];
};

const fits = (labels: Labels, wanted: readonly string[]): boolean => wanted.every((label) => labels[label.slice(0, label.indexOf("="))] === label.slice(label.indexOf("=") + 1));

const listOf = (docker: Docker, words: readonly string[], signal?: AbortSignal): Promise<readonly Row[]> => docker.lines([...words, "--format", "{{json .}}"], signal);

const inspect = async (docker: Docker, words: readonly string[], names: readonly string[], signal?: AbortSignal): Promise<readonly Row[]> => {
  const end = await docker.run([...words, ...names], signal);
  if (end.exitCode !== 0) throw new EngineRefused(words.join(" "), 404, end.stderr.trim());
  return JSON.parse(end.stdout) as readonly Row[];
};

const services = async (docker: Docker, ask: EngineAsk): Promise<readonly Row[]> => {
  const listed = await listOf(docker, ["service", "ls"], ask.signal);
  if (listed.length === 0) return [];
  const found = await inspect(docker, ["service", "inspect"], listed.map((row) => text(row["Name"])), ask.signal);
  return found
    .map((service) => {
      const spec = service["Spec"] as { Name: string; Labels: Labels };
      const [running = 0, wanted = 0] = text(listed.find((row) => row["Name"] === spec.Name)?.["Replicas"]).split("/").map(Number);
      return { ...service, ID: spec.Name, Spec: spec, ServiceStatus: { RunningTasks: running, DesiredTasks: wanted } };
    })
    .filter(({ Spec }) => fits(Spec.Labels, wantedLabels(ask)));
};

const tasks = async (docker: Docker, ask: EngineAsk): Promise<readonly Row[]> => {
  const names = (await services(docker, ask)).map((service) => text(service["ID"]));
  if (names.length === 0) return [];
  return (await listOf(docker, ["service", "ps", ...names], ask.signal)).map((row) => ({
    ID: row["ID"],
    ServiceID: text(row["Name"]).replace(/\.[^.]*$/, ""),
    DesiredState: text(row["DesiredState"]).toLowerCase(),
    Status: { State: text(row["CurrentState"]).split(" ", 1)[0]?.toLowerCase(), Err: row["Error"] },
  }));
};

const named = async (docker: Docker, kind: string, ask: EngineAsk): Promise<readonly Row[]> =>
  (await listOf(docker, [kind, "ls"], ask.signal)).map((row) => {
    const thing = { Name: row["Name"], Labels: labelsOf(row) };
    return { ...thing, Id: row["Name"], ID: row["Name"], Spec: thing };
  });

const containers = async (docker: Docker, ask: EngineAsk): Promise<readonly Row[]> =>
  (await listOf(docker, ["container", "ls", "--no-trunc", ...(ask.query?.["all"] === true ? ["--all"] : [])], ask.signal))
    .map((row) => ({ Id: row["ID"], Names: [`/${text(row["Names"])}`], Labels: labelsOf(row) }))
    .filter(({ Labels: labels }) => fits(labels, wantedLabels(ask)));

const get = async (docker: Docker, path: string, ask: EngineAsk): Promise<unknown> => {
  const [, kind = "", name = ""] = path.split("/");
  switch (kind) {
    case "info":
      return (await docker.lines(["info", "--format", "{{json .}}"], ask.signal))[0];
    case "services":
      return services(docker, ask);
    case "tasks":
      return tasks(docker, ask);
    case "volumes":
      return { Volumes: await named(docker, "volume", ask) };
    case "secrets":
    case "configs":
    case "networks":
      return named(docker, kind.slice(0, -1), ask);
    case "containers":
      return name === "json" ? containers(docker, ask) : (await inspect(docker, ["container", "inspect"], [name], ask.signal))[0];
    case "images":
      return (await inspect(docker, ["image", "inspect"], [decodeURIComponent(path.slice("/images/".length, -"/json".length))], ask.signal))[0];
    default:
      throw new EngineRefused(path, 501, "the sandbox has no such call");
  }
};

const remove = async (docker: Docker, path: string, ask: EngineAsk): Promise<void> => {
  const [, kind = "", id = ""] = path.split("/");
  const words = [kind.slice(0, -1), "rm", ...(kind === "containers" ? ["--force"] : []), decodeURIComponent(id)];
  const end = await docker.run(words, ask.signal);
  if (end.exitCode !== 0) throw new EngineRefused(path, 409, end.stderr.trim());
};

const pull = async (docker: Docker, { query = {}, signal }: EngineAsk): Promise<Readable> => {
  const end = await docker.run(["pull", `${String(query["fromImage"])}:${String(query["tag"])}`], signal);
  if (end.exitCode !== 0) throw new EngineRefused("POST /images/create", 404, end.stderr.trim());
  return Readable.from([]);
};

/** Nothing tells of an event: it is as if there were one five times a second. */
async function* beats(signal: AbortSignal | undefined): AsyncGenerator<string> {
  for (; signal?.aborted !== true; await pause(200)) yield '{"Type":"service"}\n';
}

export const shimForSandbox = (docker: Docker): Engine => ({
  json: async <T>(method: string, path: string, ask: EngineAsk = {}) => (await (method === "GET" ? get : remove)(docker, path, ask)) as T,
  stream: async (_, path, ask = {}) => {
    if (path === "/images/create") return pull(docker, ask);
    if (path === "/events") return Readable.from(beats(ask.signal));
    const [, , service = ""] = path.split("/");
    const end = await docker.run(["service", "logs", "--raw", "--tail", "15", decodeURIComponent(service)], ask.signal);
    return Readable.from([Buffer.from(`${end.stdout}${end.stderr}`)]);
  },
  close: () => undefined,
});
