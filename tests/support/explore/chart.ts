import type { AnyMachineSnapshot, AnyStateMachine, EventObject } from "xstate";

/** An event of the alphabet: what happened, in words, and as the chart hears it. */
export interface Told {
  /** `stop TERM`, `done deploy up`, `error drain`, `after deadline run.prepare`. */
  readonly name: string;
  readonly event: EventObject;
}

/** A chart and all that can be said to it. */
export interface ChartUnderTest {
  readonly name: string;
  readonly machine: AnyStateMachine;
  readonly input: unknown;
  /** Events of the world, and the actor that must live for them to come. */
  readonly external: readonly (Told & { readonly from: string })[];
  /** What actors may end with, by their id; each has a name of its own. One without an entry ends with nothing. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** As much of the context as decides anything: two snapshots with the same leaves and this are one to the explorer. */
  readonly project: (context: never) => unknown;
}

export const projected = (chart: ChartUnderTest, snapshot: AnyMachineSnapshot): string =>
  JSON.stringify(chart.project(snapshot.context as never));
