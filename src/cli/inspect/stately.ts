import type { AnyMachineSnapshot, AnyStateMachine } from "xstate";
import type { Frame } from "./frame.js";
import { masked } from "./mask.js";
import type { Replayed } from "./replay.js";

/** The protocol's version: the receiver ignores messages without one. */
const protocolVersion = "0.7.2";

/** One event of the Stately inspector's protocol. */
interface StatelyEvent {
  readonly type: "@xstate.actor" | "@xstate.event" | "@xstate.snapshot";
  readonly sessionId: string;
  readonly [key: string]: unknown;
}

const namesOnly = (_: string, value: unknown): unknown => (typeof value === "function" ? { type: value.name } : value);

const snapshotOf = (snapshot: AnyMachineSnapshot | null, { status, leaves }: Frame): unknown =>
  snapshot === null
    ? { status, value: leaves.join(" "), context: {}, children: {}, tags: [] }
    : {
        status,
        value: snapshot.value,
        context: masked(snapshot.context),
        children: {},
        tags: [...snapshot.tags],
        ...(snapshot.output === undefined ? {} : { output: masked(snapshot.output) }),
      };

/** The session that sent the event: the end of an actor comes from that actor. */
const sourceOf = ({ actor, event }: Frame): string | undefined => {
  const { actorId } = event;
  return typeof actorId === "string" ? `${actor}/${actorId}` : undefined;
};

/**
 * What the Stately inspector is told about each line of a run's record.
 *
 * Sessions are named by path, and a second actor of the same path is another session. Invoked actors without a chart
 * appear when a frame first lists them and stop when a frame no longer does.
 */
export class StatelyStory {
  readonly #charts: Readonly<Record<string, AnyStateMachine>>;
  readonly #alive = new Map<string, Set<string>>();
  readonly #root = { id: "" };

  constructor(charts: Readonly<Record<string, AnyStateMachine>>) {
    this.#charts = charts;
  }

  tell({ frame, snapshot }: Replayed): readonly StatelyEvent[] {
    this.#root.id ||= frame.actor;
    const common = { createdAt: String(Date.parse(frame.at)), id: null, rootId: this.#root.id, _version: protocolVersion };
    const shown = snapshotOf(snapshot, frame);
    const { actor: sessionId, born, event } = frame;
    const definition = born === undefined ? undefined : (this.#charts[born.machine]?.config ?? { id: born.machine });
    return [
      ...(born === undefined
        ? []
        : [
            {
              ...common,
              type: "@xstate.actor" as const,
              sessionId,
              name: born.name,
              parentId: born.parent ?? undefined,
              definition: JSON.stringify(definition, namesOnly),
              snapshot: shown,
            },
          ]),
      { ...common, type: "@xstate.event", sessionId, sourceId: sourceOf(frame), event },
      { ...common, type: "@xstate.snapshot", sessionId, event, snapshot: shown },
      ...this.#invoked(frame).map((one) => ({ ...common, ...one })),
    ];
  }

  #invoked({ actor, event, invoked }: Frame): readonly StatelyEvent[] {
    const before = this.#alive.get(actor) ?? new Set<string>();
    // Actors with a chart have frames of their own.
    const now = new Set(invoked.filter(({ hasChart }) => !hasChart).map(({ id }) => id));
    this.#alive.set(actor, now);
    const session = (id: string): string => `${actor}/${id}`;
    return [
      ...[...now]
        .filter((id) => !before.has(id))
        .map((id): StatelyEvent => ({
          type: "@xstate.actor",
          sessionId: session(id),
          name: id,
          parentId: actor,
          definition: JSON.stringify({ id }),
          snapshot: { status: "active" },
        })),
      ...[...before]
        .filter((id) => !now.has(id))
        .map((id): StatelyEvent => ({ type: "@xstate.snapshot", sessionId: session(id), event, snapshot: { status: "stopped" } })),
    ];
  }
}
