import type { TaskSnapshot } from "../../machines/convergence/stack.types.js";
import type { Engine } from "./engine.js";
import { engineTime } from "./engine-clock.js";
import type { Container, EngineEvent, Network } from "./engine-schema.js";
import { jsonLines } from "./json-lines.js";

/** When the daemon started: only the network `bridge` shows it, which is created anew at each start. Null if there is none. */
const daemonStart = async (engine: Engine, signal: AbortSignal): Promise<number | null> => {
  try {
    const at = Date.parse((await engine.json<Network>("GET", "/networks/bridge", { signal })).Created ?? "");
    return Number.isNaN(at) ? null : at;
  } catch {
    return null; // The daemon is configured not to create one.
  }
};

const signals: Readonly<Record<string, string>> = { "2": "SIGINT", "9": "SIGKILL", "15": "SIGTERM" };

/** What the daemon tells of when the Swarm is about to end a container because of its health check. */
const unhealthy = "health_status: unhealthy";

/** What ended a task, if its own program did not. */
interface OutsideEnd {
  /** Of the two, only `others` is not the recipe's. */
  readonly by: "health-check" | "others";
  readonly what: string;
}

interface Ended {
  readonly task: TaskSnapshot;
  readonly name: string;
  /** The container's id. */
  readonly id: string;
  /** Null if it is already gone. */
  readonly container: Container | null;
}

/**
 * What came first of what can end a container from outside: its health check, or a signal that somebody sent through docker. The last
 * signal is named. The daemon remembers only 256 events, so null may mean that it forgot.
 */
const firstCause = async (engine: Engine, { task, name, id }: Ended, signal: AbortSignal): Promise<OutsideEnd | null> => {
  const query = {
    filters: { type: ["container"], container: [id], event: ["kill", "die", unhealthy] },
    since: String(task.created / 1_000),
    until: String(engineTime(engine) / 1_000),
  };
  const stream = await engine.stream("GET", "/events", { query, signal });
  let last: string | null = null;
  for await (const { Action, Actor } of jsonLines<EngineEvent>(stream, "GET /events")) {
    if (Action === "die") break;
    if (Action === unhealthy) {
      // The Swarm ends such a container by a signal, as anybody else would.
      if (last === null) return { by: "health-check", what: `the Swarm ended ${name} because its health check failed` };
      continue;
    }
    const number = Actor?.Attributes?.["signal"] ?? "";
    last = signals[number] ?? `signal ${number}`;
  }
  return last === null ? null : { by: "others", what: `somebody had docker end ${name} by ${last}: docker kill, stop, restart or rm` };
};

/**
 * What ended a task beside its own program, as far as the engine knows: a restart of the daemon, a signal sent through docker, or the
 * Swarm, because of its health check. Null if the engine knows of nothing, as for a task on another node, or if the task's own state
 * tells of its health check.
 */
export const outsideEndOf = async (engine: Engine, ended: Ended, signal: AbortSignal): Promise<OutsideEnd | null> => {
  const { task, name, container } = ended;
  // The Swarm says so only of a task whose program did not end with 0 when it was told to.
  if (/unhealthy/i.test(task.error ?? "")) return null;
  try {
    const started = await daemonStart(engine, signal);
    const since = Date.parse(container?.State?.StartedAt ?? "");
    // Of one that never started the engine says the year 1.
    if (started !== null && since > 0 && since < started)
      return { by: "others", what: `the docker daemon was started anew at ${new Date(started).toISOString()}, and ended ${name}` };
    return await firstCause(engine, ended, signal);
  } catch {
    return null; // The death is reported all the same, without a cause.
  }
};
