import type { AnyMachineSnapshot } from "xstate";
import { activeIds } from "../alphabet.js";
import type { Place, Step, Walk } from "../explore.js";

/** What a walk must show. Each gives a line for each violation; none is good. */
export type Invariant = (walk: Walk) => readonly string[];

export const describe = ({ from, told, at }: Step): string => `${from.at} ${from.key.slice(from.at.length)}: ${told.name} leads to ${at}`;

const reaching = (walk: Walk, edges: readonly Step[]): ReadonlySet<string> => {
  const into = new Map<string, string[]>();
  for (const { from, key } of edges) into.set(key, [...(into.get(key) ?? []), from.key]);
  const reached = new Set([...walk.places.values()].filter(({ snapshot }) => snapshot.status === "done").map(({ key }) => key));
  for (const key of reached) for (const from of into.get(key) ?? []) reached.add(from);
  return reached;
};

const stuck = (walk: Walk, edges: readonly Step[], why: string): readonly string[] => {
  const reached = reaching(walk, edges);
  return [...walk.places.values()].filter(({ key }) => !reached.has(key)).map(({ key }) => `${key}: ${why}`);
};

/** The end can be reached from everywhere. */
export const canEnd: Invariant = (walk) =>
  stuck(
    walk,
    walk.steps.filter(({ possible }) => possible),
    "no end can be reached",
  );

/** And it is reached when the world says nothing more: by delays, and by child machines, which end by their own. */
export const endsInSilence =
  (childMachines: readonly string[]): Invariant =>
  (walk) =>
    stuck(
      walk,
      walk.steps.filter(
        ({ possible, told: { event } }) =>
          possible && (event.type.startsWith("xstate.after.") || childMachines.some((id) => event.type === `xstate.done.actor.${id}`)),
      ),
      "a silent world keeps it here for ever",
    );

/** Every end of an actor, every error and every delay that can come leads somewhere. */
export const answersEverything =
  (except: readonly string[]): Invariant =>
  ({ steps }) =>
    steps
      .filter(({ possible, told, from, key, started }) => {
        const { type } = told.event;
        const isInner = type.startsWith("xstate.done.actor.") || type.startsWith("xstate.error.actor.") || type.startsWith("xstate.after.");
        return possible && isInner && key === from.key && started.length === 0 && !except.some((name) => told.name.startsWith(name));
      })
      .map((step) => `${describe(step)}: nothing came of it`);

/** What cannot come changes nothing: the end of an actor that is not there, a delay that is not running. */
export const deafToTheImpossible: Invariant = ({ steps }) =>
  steps
    .filter(
      ({ possible, told, key, from, started, stopped }) =>
        !possible && told.event.type.startsWith("xstate.") && (key !== from.key || started.length + stopped.length > 0),
    )
    .map((step) => `${describe(step)}, which cannot come there`);

/**
 * Nothing that leaves a state as it is sets its delays back: a lock that stays busy must not put off the lockTimeout.
 * The next one of a list is another wait, with an actor of its own.
 */
export const keepsTime: Invariant = ({ steps }) =>
  steps
    .filter(({ at, from, timed, started }) => at === from.at && timed.length > 0 && started.length === 0)
    .map((step) => `${describe(step)}: ${step.timed.join(", ")} begins again`);

/** An actor is started only in a state that names it, and runs for exactly as long as that state. */
export const actorsMatchStates: Invariant = ({ steps }) =>
  steps.flatMap((step) => {
    const named = invokedIn(step.snapshot);
    const living = new Set([...livingBefore(step.from), ...step.started].filter((id) => !isOver(step, id)));
    return step.snapshot.status !== "active"
      ? []
      : [...named].filter((id) => !living.has(id)).map((id) => `${describe(step)}: ${id} is not started`);
  });

const invokedIn = (snapshot: AnyMachineSnapshot): ReadonlySet<string> => {
  const nodes = (snapshot as unknown as { readonly _nodes: readonly { readonly invoke: readonly { readonly id: string }[] }[] })._nodes;
  return new Set(nodes.flatMap(({ invoke }) => invoke.map(({ id }) => id)));
};

const livingBefore = (place: Place): ReadonlySet<string> => invokedIn(place.snapshot);

const isOver = ({ stopped, started }: Step, id: string): boolean => stopped.includes(id) && !started.includes(id);

export const isActive = (snapshot: AnyMachineSnapshot, id: string): boolean => activeIds(snapshot).has(id);
