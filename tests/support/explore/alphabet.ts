import type { AnyMachineSnapshot, AnyStateMachine, AnyStateNode } from "xstate";
import { RunError } from "../../../src/machines/errors.js";
import { portKind } from "../port-kind.js";
import type { ChartUnderTest, Told } from "./chart.js";

const everyNode = (node: AnyStateNode): readonly AnyStateNode[] => [node, ...Object.values(node.states).flatMap(everyNode)];

/** Ids of a chart's actors, and whether they can end: a callback speaks for as long as its state lasts. */
const actorsOf = (machine: AnyStateMachine): ReadonlyMap<string, { readonly ends: boolean }> =>
  new Map(
    everyNode(machine.root as AnyStateNode).flatMap((node) =>
      node.invoke.map(({ id, src }) => [id, { ends: !isCallback(machine, src) }] as const),
    ),
  );

const isCallback = (machine: AnyStateMachine, src: unknown): boolean => {
  const logic: unknown = typeof src === "string" ? (machine.implementations.actors as Readonly<Record<string, unknown>>)[src] : src;
  return typeof logic === "object" && logic !== null && portKind(logic) === "callback";
};

/** An error that names itself, as the world gives them: the host is not usable. */
const outage = new RunError("docker-unreachable", "the host went away", { hint: "Look at the host." });

const done = (id: string, variant: string, output: unknown): Told => ({
  name: `done ${id}${variant === "" ? "" : ` ${variant}`}`,
  event: { type: `xstate.done.actor.${id}`, output, actorId: id } as Told["event"],
});

const failed = (id: string): Told => ({
  name: `error ${id}`,
  event: { type: `xstate.error.actor.${id}`, error: outage, actorId: id } as Told["event"],
});

const delaysOf = (node: AnyStateNode): readonly Told[] =>
  [...node.transitions.keys()]
    .filter((type) => type.startsWith("xstate.after."))
    .map((type) => ({ name: `after ${type.slice("xstate.after.".length, -node.id.length - 1)} ${node.id}`, event: { type } }));

const alphabets = new WeakMap<ChartUnderTest, readonly Told[]>();

/** Everything that can be said to a chart: by the world, by every actor's end and error, by every delay. */
export const alphabetOf = (chart: ChartUnderTest): readonly Told[] => {
  const known = alphabets.get(chart) ?? gathered(chart);
  alphabets.set(chart, known);
  return known;
};

const gathered = ({ machine, external, outputs }: ChartUnderTest): readonly Told[] => [
  ...external,
  ...[...actorsOf(machine)].flatMap(([id, { ends }]) => [
    ...(ends ? Object.entries(outputs[id] ?? { "": undefined }).map(([variant, output]) => done(id, variant, output)) : []),
    failed(id),
  ]),
  ...everyNode(machine.root as AnyStateNode).flatMap(delaysOf),
];

/** Ids of the states that are active. */
export const activeIds = (snapshot: AnyMachineSnapshot): ReadonlySet<string> =>
  new Set((snapshot as unknown as { readonly _nodes: readonly AnyStateNode[] })._nodes.map(({ id }) => id));

const rest = (type: string, prefix: string): string | null => (type.startsWith(prefix) ? type.slice(prefix.length) : null);

/**
 * Whether an event can come in a state: its actor lives, its delay runs.
 *
 * The others are told to the chart as well, to see that they change nothing; no path leads through them.
 */
export const canCome = ({ external }: ChartUnderTest, snapshot: AnyMachineSnapshot, { name, event }: Told): boolean => {
  const ended = rest(event.type, "xstate.done.actor.") ?? rest(event.type, "xstate.error.actor.");
  if (ended !== null) return ended in snapshot.children;
  if (event.type.startsWith("xstate.after.")) return activeIds(snapshot).has(name.slice(name.lastIndexOf(" ") + 1));
  return external.some((one) => one.name === name && one.from in snapshot.children);
};
