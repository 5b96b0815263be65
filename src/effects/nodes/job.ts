import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { StackName } from "../../machines/vocabulary.js";
import type { Engine } from "../docker/engine.js";
import { isNotFound } from "../docker/engine-errors.js";
import type { Image, Info, Task, TaskState } from "../docker/engine-schema.js";
import { stackLabelName } from "../docker/stack-label.js";
import { agentSource } from "./agent.js";
import { readLogs } from "./read-logs.js";
import { within } from "../budget.js";

/** What each node is asked. */
export interface NodeAsk {
  readonly stack: StackName;
  /** Names of volumes without a label, from the recipe's compose files. */
  readonly named: readonly string[];
  /** How old the ledger is: anything older existed before the run. ms */
  readonly ageMs: number;
  readonly remove: boolean;
}

/** What each node said, by its id; for a node that did not answer, why. */
export type NodeSaid =
  | { readonly left: readonly { readonly kind: "container" | "volume"; readonly name: string }[] }
  | { readonly why: string };

export interface JobSettings {
  readonly engine: Engine;
  readonly image: string;
  /** The socket on which docker listens on each node. */
  readonly socket: string;
}

const mark = "recipe-ci-node:";
/** How long a node may try to remove the app's objects. ms */
const removeLimitMs = 20_000;
/** For the whole job, the pull of its image included. ms */
const jobLimitMs = 50_000;
const betweenLooksMs = 200;
const logsLimitMs = 8_000;
const goneLimitMs = 10_000;

/** The image by its digest, if it has one here or in its registry, so that every node runs the same. */
const pinned = async (engine: Engine, image: string, signal: AbortSignal): Promise<string> => {
  if (image.includes("@")) return image;
  try {
    const { RepoDigests } = await engine.json<Image>("GET", `/images/${image}/json`, { signal });
    return RepoDigests?.[0] ?? image;
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  try {
    const { Descriptor } = await engine.json<{ Descriptor?: { digest?: string } }>("GET", `/distribution/${image}/json`, {
      signal,
      limitMs: 5_000,
    });
    return Descriptor?.digest === undefined ? image : `${image}@${Descriptor.digest}`;
  } catch {
    return image; // No registry can be asked, but a node may have the image all the same.
  }
};

/**
 * The job as a service of the app's own stack: if the run is killed, the job is part of the app's residue, and whoever takes
 * the app up removes it like everything else. It waits to be ended, and ends by itself at its deadline.
 */
const specOf = (image: string, socket: string, self: string, ask: NodeAsk): object => ({
  Name: `${ask.stack}_ccci-${randomBytes(3).toString("hex")}`,
  Labels: { [stackLabelName]: ask.stack, "recipe-ci.job": "nodes", "recipe-ci.deadline": new Date(Date.now() + jobLimitMs).toISOString() },
  TaskTemplate: {
    ContainerSpec: {
      Image: image,
      Command: ["node"],
      Args: ["-e", agentSource],
      Env: [
        `ASK=${JSON.stringify({ ...ask, limitMs: removeLimitMs, lastsMs: jobLimitMs, mark })}`,
        "NODE={{.Node.ID}}",
        "SERVICE={{.Service.ID}}",
      ],
      Labels: { [stackLabelName]: ask.stack, "recipe-ci.job": "nodes" },
      Mounts: [{ Type: "bind", Source: socket, Target: "/run/docker.sock" }],
      ReadOnly: true,
      StopGracePeriod: 1_000_000_000,
    },
    RestartPolicy: { Condition: "none" },
    Placement: { Constraints: [`node.id!=${self}`] },
    LogDriver: { Name: "json-file" },
  },
  // Not a global job: when the service of a job is removed, docker 20.10 keeps its tasks, and their containers for ever.
  Mode: { Global: {} },
});

/** States of a task that will not answer any more. */
const ended = new Set<TaskState>(["complete", "failed", "rejected", "shutdown", "orphaned", "remove"]);

const tasksOf = (engine: Engine, service: string, signal: AbortSignal): Promise<readonly Task[]> =>
  engine.json<readonly Task[]>("GET", "/tasks", { query: { filters: { service: [service] } }, signal });

const answersIn = (text: string): ReadonlyMap<string, NodeSaid> => {
  const said = new Map<string, NodeSaid>();
  for (const line of text.split("\n")) {
    const at = line.indexOf(mark);
    if (at === -1) continue;
    try {
      const { node, left, failed } = JSON.parse(line.slice(at + mark.length)) as { node?: unknown; left?: unknown; failed?: unknown };
      if (typeof node !== "string") continue;
      if (Array.isArray(left)) said.set(node, { left: left as Extract<NodeSaid, { left: unknown }>["left"] });
      else said.set(node, { why: `its docker could not be asked: ${String(failed)}` });
    } catch {
      // Only half a line arrived, so that node has not answered.
    }
  }
  return said;
};

const whySilent = (task: Task | undefined): string => {
  if (task === undefined) return "the Swarm sent no task there";
  const { State, Err, Message } = task.Status;
  return `its task is ${State}${Err || Message ? `: ${Err || Message}` : ""}`;
};

const answersOf = async (engine: Engine, service: string, signal: AbortSignal): Promise<ReadonlyMap<string, NodeSaid>> => {
  const logs = await engine.stream("GET", `/services/${service}/logs`, { query: { stdout: true }, signal: within(signal, logsLimitMs) });
  return answersIn(await readLogs(logs));
};

/** Resolves when each of these nodes has answered or never will, or with what there is when the time is over. */
const waitForAnswers = async (
  engine: Engine,
  service: string,
  nodes: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, NodeSaid>> => {
  const until = performance.now() + jobLimitMs - logsLimitMs;
  for (;;) {
    const tasks = await tasksOf(engine, service, signal);
    const begun = tasks.some(({ Status }) => Status.State === "running" || ended.has(Status.State));
    const said = begun ? await answersOf(engine, service, signal) : new Map<string, NodeSaid>();
    const isOver = nodes.every((node) => said.has(node) || tasks.some(({ NodeID, Status }) => NodeID === node && ended.has(Status.State)));
    if (isOver || performance.now() > until) {
      return new Map(nodes.map((node) => [node, said.get(node) ?? { why: whySilent(tasks.find(({ NodeID }) => NodeID === node)) }]));
    }
    await pause(betweenLooksMs, undefined, { signal });
  }
};

const remove = async (engine: Engine, service: string): Promise<void> => {
  const signal = AbortSignal.timeout(goneLimitMs);
  await engine.json("DELETE", `/services/${service}`, { signal });
  while (!signal.aborted && (await tasksOf(engine, service, signal)).length > 0) await pause(betweenLooksMs, undefined, { signal });
};

/** Asks these nodes by a job, which is removed afterwards however it ended. */
export const askNodes = async (
  { engine, image, socket }: JobSettings,
  nodes: readonly string[],
  ask: NodeAsk,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, NodeSaid>> => {
  const { Swarm } = await engine.json<Info>("GET", "/info", { signal });
  const spec = specOf(await pinned(engine, image, signal), socket, Swarm?.NodeID ?? "", ask);
  const { ID } = await engine.json<{ ID: string }>("POST", "/services/create", { body: spec, signal });
  try {
    return await waitForAnswers(engine, ID, nodes, signal);
  } finally {
    // Without the given signal, which may already be aborted.
    await remove(engine, ID).catch(() => undefined);
  }
};
