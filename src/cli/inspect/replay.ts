import {
  getInitialMicrosteps,
  getMicrosteps,
  getNextTransitions,
  StateMachine,
  type AnyActorRef,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type AnyTransitionDefinition,
} from "xstate";
import { placeIn, played, revived } from "../../machines/replay.js";
import { withAncestors, type TraceLine } from "../../machines/trace-line.js";
import type { Frame, Invoked, Taken } from "./frame.js";
import { masked } from "./mask.js";

/** What one line did to its actor's chart. */
interface Step {
  readonly snapshot: AnyMachineSnapshot;
  readonly passed: readonly string[];
  readonly taken: readonly Taken[];
}

interface Playing {
  /** The actor's path, numbered if there were several with it. */
  readonly instance: string;
  readonly machine: string;
  readonly chart: AnyStateMachine | null;
  /** null from the first line that the chart does not explain. */
  snapshot: AnyMachineSnapshot | null;
}

/** A frame and the snapshot after it, which is too large to send along. */
export interface Replayed {
  readonly frame: Frame;
  /** null if the chart does not explain the line. */
  readonly snapshot: AnyMachineSnapshot | null;
}

const idsOf = (snapshot: AnyMachineSnapshot): readonly string[] => snapshot._nodes.map(({ id }) => id);

const arrow = ({ source, target }: AnyTransitionDefinition): readonly Taken[] =>
  (target ?? []).map(({ id }) => ({ source: source.id, target: id }));

/** The transitions after the first step, which follow from the chart alone: each is the one whose target was reached. */
const followedUp = (before: AnyMachineSnapshot, after: AnyMachineSnapshot): readonly Taken[] => {
  const [then, now] = [new Set(idsOf(before)), new Set(idsOf(after))];
  const found = getNextTransitions(before).find(
    ({ eventType, target }) =>
      (eventType === "" || eventType.startsWith("xstate.done.state.")) && (target ?? []).some(({ id }) => now.has(id) && !then.has(id)),
  );
  return found === undefined ? [] : arrow(found);
};

const stepped = (chart: AnyStateMachine, before: AnyMachineSnapshot | null, recorded: TraceLine["event"]): Step => {
  const event = revived(recorded);
  const input: unknown = event["input"];
  const microsteps = (before === null ? getInitialMicrosteps(chart, input) : getMicrosteps(chart, before, event)).map(
    ([snapshot]) => snapshot,
  );
  const snapshot = played(chart, before, recorded);
  const first = before === null ? [] : (chart.getTransitionData(before, event) as readonly AnyTransitionDefinition[]).flatMap(arrow);
  const later = microsteps.slice(1).flatMap((after, index) => followedUp(microsteps[index] ?? after, after));
  const end = new Set(idsOf(snapshot));
  return { snapshot, taken: [...first, ...later], passed: [...new Set(microsteps.flatMap(idsOf))].filter((id) => !end.has(id)) };
};

const invokedIn = (step: Step | null): readonly Invoked[] =>
  Object.entries((step?.snapshot.children ?? {}) as Readonly<Record<string, AnyActorRef | undefined>>).map(([id, child]) => ({
    id,
    src: typeof child?.src === "string" ? child.src : id,
    hasChart: (child as { readonly logic?: unknown } | undefined)?.logic instanceof StateMachine,
  }));

const parentPath = (path: string): string | null => (path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : null);

/**
 * Replays a run's record through the pure charts, line by line, which yields what the record does not contain:
 * context, invoked actors, the transitions taken.
 *
 * A line that the chart does not explain (from another version) is shown as recorded, with a note. That
 * actor's context is unknown from there on. Never throws.
 */
export class Replay {
  readonly #charts: Readonly<Record<string, AnyStateMachine>>;
  readonly #playing = new Map<string, Playing>();
  readonly #births = new Map<string, number>();

  constructor(charts: Readonly<Record<string, AnyStateMachine>>) {
    this.#charts = charts;
  }

  /** `n`: the line's number in the record. */
  take(line: TraceLine, n: number): Replayed {
    const isBirth = line.event.type === "xstate.init";
    const actor = (isBirth ? null : this.#playing.get(line.actor)) ?? this.#begin(line);
    const { step, note } = this.#step(actor, line, isBirth);
    actor.snapshot = step?.snapshot ?? null;
    const leaves = line.state.map((leaf) => `${actor.machine}.${leaf}`);
    const frame: Frame = {
      n,
      at: line.at,
      actor: actor.instance,
      event: masked(line.event) as Frame["event"],
      active: [...new Set(leaves.flatMap(withAncestors))],
      leaves,
      passed: step?.passed ?? [],
      taken: step?.taken ?? [],
      invoked: invokedIn(step),
      status: line.status ?? "active",
      ...(isBirth
        ? { born: { machine: actor.machine, name: line.actor.slice(line.actor.lastIndexOf("/") + 1), parent: this.#parentOf(line.actor) } }
        : {}),
      ...(note === null ? {} : { note }),
    };
    return { frame, snapshot: actor.snapshot };
  }

  #begin({ actor: path, machine = path }: TraceLine): Playing {
    const count = (this.#births.get(path) ?? 0) + 1;
    this.#births.set(path, count);
    const playing = { instance: count === 1 ? path : `${path}#${count}`, machine, chart: this.#charts[machine] ?? null, snapshot: null };
    this.#playing.set(path, playing);
    return playing;
  }

  #parentOf(path: string): string | null {
    const parent = parentPath(path);
    return parent === null ? null : (this.#playing.get(parent)?.instance ?? parent);
  }

  #step(
    { chart, snapshot, machine }: Playing,
    line: TraceLine,
    isBirth: boolean,
  ): { readonly step: Step | null; readonly note: string | null } {
    if (chart === null) return { step: null, note: `no chart is called ${machine}` };
    if (!isBirth && snapshot === null) return { step: null, note: null };
    try {
      const step = stepped(chart, isBirth ? null : snapshot, line.event);
      const found = placeIn(step.snapshot);
      return found === line.state.join(" ") ? { step, note: null } : { step: null, note: `the chart would be in ${found} here` };
    } catch (error) {
      return { step: null, note: `the chart does not know this line: ${String((error as Error).message)}` };
    }
  }
}
