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

/**
 * The signal that somebody sent to the container through docker before it ended. The daemon remembers only 256 events, so null may mean
 * that it forgot.
 */
const killedBy = async (engine: Engine, container: string, task: TaskSnapshot, signal: AbortSignal): Promise<string | null> => {
  const query = {
    filters: { type: ["container"], container: [container], event: ["kill", "die"] },
    since: String(task.created / 1_000),
    until: String(engineTime(engine) / 1_000),
  };
  const stream = await engine.stream("GET", "/events", { query, signal });
  let last: string | null = null;
  for await (const { Action, Actor } of jsonLines<EngineEvent>(stream, "GET /events")) {
    if (Action === "die") return last;
    const number = Actor?.Attributes?.["signal"] ?? "";
    last = signals[number] ?? `signal ${number}`;
  }
  return null;
};

interface Ended {
  readonly task: TaskSnapshot;
  readonly name: string;
  /** The container's id. */
  readonly id: string;
  /** Null if it is already gone. */
  readonly container: Container | null;
}

/**
 * What somebody or something outside the run did to end a task, as far as the engine knows: a restart of the daemon, or
 * a signal sent through docker. Null if the engine knows of nothing, as for a task on another node, or if the Swarm
 * ended it because of its health check.
 */
export const disturbanceOf = async (engine: Engine, { task, name, id, container }: Ended, signal: AbortSignal): Promise<string | null> => {
  if (/unhealthy/i.test(task.error ?? "")) return null;
  try {
    const started = await daemonStart(engine, signal);
    const since = Date.parse(container?.State?.StartedAt ?? "");
    // Of one that never started the engine says the year 1.
    if (started !== null && since > 0 && since < started)
      return `the docker daemon was started anew at ${new Date(started).toISOString()}, and ended ${name}`;
    const killed = await killedBy(engine, id, task, signal);
    return killed === null ? null : `somebody had docker end ${name} by ${killed}: docker kill, stop, restart or rm`;
  } catch {
    return null; // The death is reported all the same, without a cause.
  }
};
