import type { Frame, Invoked, Taken } from "../frame.js";

/** What the frames up to some place in the run add up to. Plain data in, plain data out: nothing here touches the page. */

export interface ActorView {
  readonly id: string;
  readonly name: string;
  readonly machine: string;
  readonly parent: string | null;
  active: ReadonlySet<string>;
  leaves: readonly string[];
  readonly visited: Set<string>;
  readonly walked: Map<string, Taken>;
  taken: readonly Taken[];
  invoked: readonly Invoked[];
  status: Frame["status"];
  lastN: number;
}

export interface RunView {
  n: number;
  readonly actors: Map<string, ActorView>;
  last: Frame | null;
}

export const emptyWorld = (): RunView => ({ n: 0, actors: new Map(), last: null });

const newActor = (frame: Frame): ActorView => ({
  id: frame.actor,
  name: frame.born?.name ?? frame.actor,
  machine: frame.born?.machine ?? frame.actor,
  parent: frame.born?.parent ?? null,
  active: new Set(),
  leaves: [],
  visited: new Set(),
  walked: new Map(),
  taken: [],
  invoked: [],
  status: "active",
  lastN: 0,
});

/** Adds one frame. A frame without an actor is a line of the record that could not be read. */
export const addFrame = (world: RunView, frame: Frame): void => {
  world.n = frame.n;
  world.last = frame;
  if (frame.actor === "") return;
  const actor = world.actors.get(frame.actor) ?? newActor(frame);
  world.actors.set(frame.actor, actor);
  actor.active = new Set(frame.active);
  actor.leaves = frame.leaves;
  for (const id of [...frame.active, ...frame.passed]) actor.visited.add(id);
  actor.taken = frame.taken;
  for (const { source, target } of frame.taken) actor.walked.set(`${source} ${target}`, { source, target });
  actor.invoked = frame.invoked;
  actor.status = frame.status;
  actor.lastN = frame.n;
};

/** Whether an actor is alive. A child that its parent no longer invokes was stopped, whatever its last frame said. */
export const isAlive = (world: RunView, actor: ActorView): boolean => {
  if (actor.status !== "active") return false;
  const parent = actor.parent === null ? undefined : world.actors.get(actor.parent);
  if (parent === undefined) return true;
  if (!isAlive(world, parent) || !parent.invoked.some(({ id }) => id === actor.name)) return false;
  // A later actor of the same name may have taken its place.
  return ![...world.actors.values()].some(
    (other) => other.parent === actor.parent && other.name === actor.name && other.lastN > actor.lastN,
  );
};

interface Shown {
  readonly has: (id: string) => boolean;
}

const around = (id: string): string => (id.includes(".") ? id.slice(0, id.lastIndexOf(".")) : "");

/** The nearest of a state's ancestors, itself included, that a picture shows; null if it shows none. */
export const shownAs = (id: string, shown: Shown): string | null => {
  for (let at = id; at !== ""; at = around(at)) if (shown.has(at)) return at;
  return null;
};

/** The arrow that stands for a transition in a picture, as `source target`. An overview may draw it from a frame around the source. */
export const drawnAs = ({ source, target }: Taken, shown: Shown, arrows: Shown): string => {
  const [start, end] = [shownAs(source, shown) ?? "", shownAs(target, shown)];
  for (let at = start; at !== ""; at = around(at)) if (arrows.has(`${at} ${end}`)) return `${at} ${end}`;
  return `${start} ${end}`;
};

/** The picture that shows best where an actor is: the innermost one that contains one of its leaves. */
export const pictureFor = (names: readonly string[], leaves: readonly string[]): string => {
  const fitting = names.filter((name) => leaves.some((leaf) => leaf === name || leaf.startsWith(`${name}.`)));
  return fitting.reduce((best, name) => (name.length > best.length ? name : best), names[0] ?? "");
};
