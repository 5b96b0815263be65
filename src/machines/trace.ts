import { initialTransition, transition, type AnyMachineSnapshot, type AnyStateMachine, type StateValue } from "xstate";

/** One line of events.jsonl: what an actor of the run was told, and where that left it. */
export interface TraceLine {
  /** ISO 8601, for people; `seq` is the order. */
  readonly at: string;
  readonly seq: number;
  /** The ids from the root down: `run`, `run/deploy`. */
  readonly actor: string;
  /** Which chart it runs; on an actor's first line only. */
  readonly machine?: string;
  readonly event: { readonly type: string; readonly [key: string]: unknown };
  /** The active leaves: `holding.running.deploy`. */
  readonly state: readonly string[];
  readonly status?: "done" | "error";
}

export type TraceVerdict = { readonly ok: true } | { readonly ok: false; readonly line: number; readonly why: string };

/** A state value as paths of its leaves, in the chart's order. */
export const leavesOf = (value: StateValue): readonly string[] =>
  typeof value === "string"
    ? [value]
    : Object.entries(value).flatMap(([key, inner]) =>
        inner === undefined ? [] : leavesOf(inner).map((leaf) => (leaf === "" ? key : `${key}.${leaf}`)),
      );

/** Steps one actor's chart by one line; null when the line says something else than the chart. */
const step = (
  machine: AnyStateMachine,
  before: AnyMachineSnapshot | null,
  line: TraceLine,
): AnyMachineSnapshot =>
  before === null
    ? initialTransition(machine, line.event["input"])[0]
    : (transition(machine, before, line.event)[0] as AnyMachineSnapshot);

/**
 * Feeds a recorded trace to the pure charts, which must come to the same states.
 *
 * Rejects a trace with any line missing, swapped or changed in where it says the run was. It does not judge contexts:
 * what was masked in the record cannot be compared.
 */
export const verifyTrace = (
  machines: Readonly<Record<string, AnyStateMachine>>,
  lines: readonly TraceLine[],
): TraceVerdict => {
  const actors = new Map<string, { machine: AnyStateMachine; snapshot: AnyMachineSnapshot }>();
  for (const [index, line] of lines.entries()) {
    const wrong = (why: string): TraceVerdict => ({ ok: false, line: index + 1, why });
    if (line.seq !== index + 1) return wrong(`expected line ${index + 1} and found ${line.seq}`);
    const known = actors.get(line.actor);
    const begins = line.event.type === "xstate.init";
    if (!begins && known === undefined) return wrong(`${line.actor} was told something before it began`);
    const machine = begins ? machines[line.machine ?? ""] : known?.machine;
    if (machine === undefined) return wrong(`no chart is called ${line.machine ?? "nothing"}`);
    const snapshot = step(machine, begins ? null : (known?.snapshot ?? null), line);
    const [found, recorded] = [leavesOf(snapshot.value as StateValue).join(" "), line.state.join(" ")];
    if (found !== recorded) return wrong(`after ${line.event.type} the chart of ${line.actor} is in ${found}, the record says ${recorded}`);
    actors.set(line.actor, { machine, snapshot });
  }
  const root = actors.get(lines[0]?.actor ?? "");
  if (root === undefined) return { ok: false, line: 1, why: "the trace is empty" };
  return { ok: true };
};
