import type { Change } from "../../machines/errors.js";
import type { StackName } from "../../machines/vocabulary.js";
import type { OwnActs } from "../tier/own/own-acts.js";
import type { Engine } from "./engine.js";
import { engineTime } from "./engine-clock.js";
import type { EngineEvent, Labels } from "./engine-schema.js";
import { jsonLines } from "./json-lines.js";

/** Null for what the Swarm does itself, as a rollback, and for what comes of another change. */
const changeIn = (attributes: Labels): Pick<Change, "what" | "isSpec"> | null => {
  const { name = "", "replicas.old": before, "replicas.new": replicas, "image.new": image, "updatestate.new": state } = attributes;
  if (state !== undefined && state !== "updating") return null;
  if (replicas !== undefined) return { what: `${name} was scaled from ${before ?? "?"} to ${replicas}`, isSpec: false };
  if (image !== undefined) return { what: `${name} was given the image ${image}`, isSpec: true };
  return state === undefined ? null : { what: `${name} was updated`, isSpec: true };
};

interface ChangesOf {
  readonly stack: StackName;
  /** By the engine's clock. ms */
  readonly since: number;
  /** What the run itself did. */
  readonly acts: OwnActs;
}

/**
 * How somebody changed the stack's services since that moment of the engine's clock, the earliest first, without what the run did itself.
 * The engine does not say who it was: while a program of the operator's ran it may have been that. It remembers its last 256 events: none
 * may mean that it forgot.
 */
export const serviceChanges = async (
  engine: Engine,
  { stack, since, acts }: ChangesOf,
  signal: AbortSignal,
): Promise<readonly Change[]> => {
  const query = {
    filters: { type: ["service"], event: ["update"] },
    since: String(since / 1_000),
    until: String(engineTime(engine) / 1_000),
  };
  const ahead = engineTime(engine) - performance.now();
  const changes: Change[] = [];
  for await (const { Actor, timeNano } of jsonLines<EngineEvent>(await engine.stream("GET", "/events", { query, signal }), "GET /events")) {
    const { Attributes: attributes = {} } = Actor ?? {};
    const change = attributes["name"]?.startsWith(`${stack}_`) === true ? changeIn(attributes) : null;
    if (change === null || timeNano === undefined) continue;
    const at = timeNano / 1_000_000;
    const act = acts.at(at - ahead);
    if (act === null || act.program !== null)
      changes.push({ ...change, what: `${change.what} at ${new Date(at).toISOString()}`, program: act?.program ?? null });
  }
  return changes;
};
