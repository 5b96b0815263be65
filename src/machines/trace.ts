import type { AnyActorRef, AnyMachineSnapshot, AnyStateMachine } from "xstate";
import { placeIn, played } from "./replay.js";
import type { TraceLine } from "./trace-line.js";

export type TraceVerdict = { readonly ok: true } | { readonly ok: false; readonly line: number; readonly why: string };

interface Replayed {
  readonly machine: AnyStateMachine;
  readonly snapshot: AnyMachineSnapshot;
}

type Actors = ReadonlyMap<string, Replayed>;

/** The actor that invoked this one, and under which id; null for the run itself. */
const parentOf = (actor: string): { readonly path: string; readonly id: string } | null => {
  const cut = actor.lastIndexOf("/");
  return cut < 0 ? null : { path: actor.slice(0, cut), id: actor.slice(cut + 1) };
};

/** Why an actor cannot have begun here: its parent is in no state that invokes it. null: it can. */
const whyNotBegun = (line: TraceLine, actors: Actors): string | null => {
  const parent = parentOf(line.actor);
  if (parent === null) return actors.size === 0 ? null : `${line.actor} begins a second time`;
  const invoked = actors.get(parent.path)?.snapshot.children ?? {};
  return parent.id in invoked ? null : `${line.actor} begins, but ${parent.path} invokes no ${parent.id} there`;
};

/** Whether an actor runs a chart: only such actors have lines in the record. */
const isChart = (actor: AnyActorRef | undefined): boolean => {
  const snapshot: unknown = actor?.getSnapshot();
  return typeof snapshot === "object" && snapshot !== null && "machine" in snapshot;
};

/** Why an actor cannot have received this event here: it never began, is over, or the child that it hears of is not. null: it can. */
const whyNotTold = ({ actor, event }: TraceLine, actors: Actors): string | null => {
  const known = actors.get(actor);
  if (known === undefined) return `${actor} was told something before it began`;
  if (known.snapshot.status !== "active") return `${actor} was told ${event.type} after its end`;
  const ended = /^xstate\.done\.actor\.(.+)$/.exec(event.type)?.[1];
  if (ended === undefined) return null;
  const child = actors.get(`${actor}/${ended}`);
  if (child === undefined && isChart(known.snapshot.children[ended])) return `${actor} hears of the end of ${ended}, which never began`;
  return child === undefined || child.snapshot.status === "done" ? null : `${actor} hears of the end of ${ended}, which has not ended`;
};

/** One line replayed, or why it cannot be. */
const replay = (machines: Readonly<Record<string, AnyStateMachine>>, line: TraceLine, actors: Actors): Replayed | string => {
  if (line.event.type === "xstate.init") {
    const machine = machines[line.machine ?? ""];
    if (machine === undefined) return `no chart is called ${line.machine ?? "nothing"}`;
    return whyNotBegun(line, actors) ?? { machine, snapshot: played(machine, null, line.event) };
  }
  const why = whyNotTold(line, actors);
  const known = actors.get(line.actor);
  if (why !== null || known === undefined) return why ?? `${line.actor} is not known`;
  return { machine: known.machine, snapshot: played(known.machine, known.snapshot, line.event) };
};

const difference = ({ snapshot }: Replayed, { actor, event, state, status }: TraceLine): string | null => {
  const [found, recorded] = [placeIn(snapshot), state.join(" ")];
  if (found !== recorded) return `after ${event.type} the chart of ${actor} is in ${found}, the record says ${recorded}`;
  // Only ends are recorded: a stopped actor has no line that says so.
  const ended = snapshot.status === "done" || snapshot.status === "error" ? snapshot.status : undefined;
  return ended === status
    ? null
    : `after ${event.type} the chart of ${actor} is ${ended ?? "not at its end"}, the record says ${status ?? "that it is not at its end"}`;
};

/**
 * Replays a recorded trace through the pure charts, which must reach the same states.
 *
 * Rejects a trace if any line is missing, swapped, or changed in where it says the run was. That includes a missing
 * last line, unless the run `mayEndEarly`: one that still runs, was killed, or was rescued by the supervisor. It does
 * not judge contexts, because what was masked in the record cannot be compared.
 */
export const verifyTrace = (
  machines: Readonly<Record<string, AnyStateMachine>>,
  lines: readonly TraceLine[],
  { mayEndEarly = false }: { readonly mayEndEarly?: boolean } = {},
): TraceVerdict => {
  const gap = lines.findIndex(({ seq }, index) => seq !== index + 1);
  if (gap >= 0) return { ok: false, line: gap + 1, why: `expected line ${gap + 1} and found ${lines[gap]?.seq ?? "none"}` };
  const actors = new Map<string, Replayed>();
  for (const [index, line] of lines.entries()) {
    const wrong = (why: string): TraceVerdict => ({ ok: false, line: index + 1, why });
    const replayed = replay(machines, line, actors);
    if (typeof replayed === "string") return wrong(replayed);
    const why = difference(replayed, line);
    if (why !== null) return wrong(why);
    actors.set(line.actor, replayed);
  }
  const root = actors.get(lines[0]?.actor ?? "");
  // A run that was killed before its first event recorded nothing that could be wrong.
  if (root === undefined) return mayEndEarly ? { ok: true } : { ok: false, line: 1, why: "the trace is empty" };
  if (root.snapshot.status === "active" && !mayEndEarly)
    return { ok: false, line: lines.length + 1, why: "the trace ends before the run did" };
  return { ok: true };
};
