import { initialTransition, type AnyMachineSnapshot, type AnyStateNode, type StateValue } from "xstate";
import { step } from "../../../src/machines/step.js";
import { leavesOf } from "../../../src/machines/trace-line.js";
import { alphabetOf, canCome } from "./alphabet.js";
import { projected, type ChartUnderTest, type Told } from "./chart.js";

/** A configuration of the chart: its leaves, and as much of the context as decides anything. */
export interface Place {
  readonly key: string;
  /** `holding.running.deploy`; regions are joined by a blank. */
  readonly at: string;
  readonly snapshot: AnyMachineSnapshot;
  /** The shortest way here. */
  readonly path: readonly Told[];
  /** Actors started on the step that led here on that way, and by the way before it, in order. */
  readonly startedOnPath: readonly string[];
}

/** What one event did in one place. */
export interface Step {
  readonly from: Place;
  readonly told: Told;
  /** Whether the event can come there at all. */
  readonly possible: boolean;
  readonly at: string;
  readonly snapshot: AnyMachineSnapshot;
  readonly started: readonly string[];
  readonly stopped: readonly string[];
  /** Delays set running, as the events that they will send. */
  readonly timed: readonly string[];
  readonly key: string;
}

export interface Walk {
  readonly chart: ChartUnderTest;
  readonly places: ReadonlyMap<string, Place>;
  readonly steps: readonly Step[];
}

interface Executable {
  readonly type: string;
  readonly params?: unknown;
}

const idIn = (params: unknown): string => {
  const given = params as { readonly id?: unknown } | undefined;
  return String(given?.id ?? given);
};

/** A state that is entered and left in one step starts nothing: xstate starts actors only at the step's end. */
const isPassedThrough = (actions: readonly Executable[], at: number, id: string): boolean =>
  actions.slice(at + 1).some(({ type, params }) => type === "xstate.stopChild" && idIn(params) === id);

const startsIn = (actions: readonly Executable[]): readonly Executable[] =>
  actions.filter(({ type, params }, at) => type === "xstate.spawnChild" && !isPassedThrough(actions, at, idIn(params)));

/** What a transition would start and stop: the look at actors that the look at states cannot replace. */
const effectsIn = (actions: readonly Executable[]): Omit<Taken, "snapshot"> => ({
  started: startsIn(actions).map(({ params }) => idIn(params)),
  stopped: actions.filter(({ type }) => type === "xstate.stopChild").map(({ params }) => idIn(params)),
  timed: actions.filter(({ type }) => type === "xstate.raise").map(({ params }) => idIn(params)),
  inputs: Object.fromEntries(startsIn(actions).map(({ params }) => [idIn(params), (params as { readonly input?: unknown }).input])),
});

export const atOf = (snapshot: AnyMachineSnapshot): string => leavesOf(snapshot.value as StateValue).join(" ");

export const keyOf = (chart: ChartUnderTest, snapshot: AnyMachineSnapshot): string =>
  `${atOf(snapshot)} ${snapshot.status} ${projected(chart, snapshot)}`;

export interface Taken {
  readonly snapshot: AnyMachineSnapshot;
  readonly started: readonly string[];
  readonly stopped: readonly string[];
  readonly timed: readonly string[];
  /** What the started actors were given, by their id. */
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** How a chart begins. Throws what the chart throws. */
export const begin = ({ machine, input }: ChartUnderTest): Taken => {
  const [snapshot, actions] = initialTransition(machine, input);
  return { snapshot: snapshot as AnyMachineSnapshot, ...effectsIn(actions) };
};

/** One event, told to the pure chart. Throws what the chart throws. */
export const tell = ({ machine }: ChartUnderTest, before: AnyMachineSnapshot, { event }: Told): Taken => {
  const [after, actions] = step(machine, before, event);
  if (after.status === "error") throw after.error;
  return { snapshot: after, ...effectsIn(actions) };
};

const hears = (snapshot: AnyMachineSnapshot, type: string): boolean =>
  (snapshot as unknown as { readonly _nodes: readonly AnyStateNode[] })._nodes.some((node) => node.transitions.has(type));

/**
 * Whether the actor that this would be the end of has ended as often as it was started: the pure chart keeps it until its state is left.
 */
const hasEnded = ({ path, startedOnPath }: Place, { event }: Told): boolean => {
  const id = /^xstate\.(?:done|error)\.actor\.(.+)$/.exec(event.type)?.[1];
  if (id === undefined) return false;
  const ends = path.filter(({ event: { type } }) => type === `xstate.done.actor.${id}` || type === `xstate.error.actor.${id}`).length;
  return ends >= startedOnPath.filter((started) => started === id).length;
};

/**
 * Every configuration that a chart can get into, and what every event of its alphabet does there, possible or not.
 *
 * Pure: nothing is started. `limit` guards against a projection that keeps something that grows.
 */
export const explore = (chart: ChartUnderTest, limit = 1_000): Walk => {
  const alphabet = alphabetOf(chart);
  const first = begin(chart);
  const start: Place = {
    key: keyOf(chart, first.snapshot),
    at: atOf(first.snapshot),
    snapshot: first.snapshot,
    path: [],
    startedOnPath: first.started,
  };
  const places = new Map<string, Place>([[start.key, start]]);
  const steps: Step[] = [];
  for (const from of places.values()) {
    if (from.snapshot.status !== "active") continue;
    for (const told of alphabet) {
      if (hasEnded(from, told)) continue;
      const possible = canCome(chart, from.snapshot, told);
      // xstate breaks a chart by the error of an actor that it never had: no news of any chart of ours.
      if (!possible && told.event.type.startsWith("xstate.error.actor.") && !hears(from.snapshot, told.event.type)) continue;
      const { snapshot, started, stopped, timed } = tell(chart, from.snapshot, told);
      const step: Step = { from, told, possible, at: atOf(snapshot), snapshot, started, stopped, timed, key: keyOf(chart, snapshot) };
      steps.push(step);
      if (!possible || places.has(step.key)) continue;
      if (places.size >= limit)
        throw new Error(`more than ${limit} configurations of ${chart.name}: the projection keeps something that grows`);
      places.set(step.key, {
        key: step.key,
        at: step.at,
        snapshot,
        path: [...from.path, told],
        startedOnPath: [...from.startedOnPath, ...started],
      });
    }
  }
  return { chart, places, steps };
};
