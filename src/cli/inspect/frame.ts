/** A transition as the picture shows it: the arrow from one state's id to another's. */
export interface Taken {
  readonly source: string;
  readonly target: string;
}

/** An actor that lives because its parent is in a state that invokes it. */
export interface Invoked {
  readonly id: string;
  readonly src: string;
  /** Whether it runs a chart: if so, it has frames of its own. */
  readonly hasChart: boolean;
}

/** The first frame of an actor that runs a chart. */
interface Birth {
  /** The chart that it runs, which is also the name of its pictures. */
  readonly machine: string;
  /** The id it was invoked under. */
  readonly name: string;
  readonly parent: string | null;
}

/** One line of a run's record as a viewer gets it: which actor received which event, and the state it was in afterwards. */
export interface Frame {
  /** Counts from 1 without gaps: the viewer's cursor. */
  readonly n: number;
  readonly at: string;
  /** `run/tier#2`: the path of ids, with a number if there were several actors with that path. */
  readonly actor: string;
  /** Masked. */
  readonly event: { readonly type: string; readonly [key: string]: unknown };
  /** Ids of the active states, ancestors included. */
  readonly active: readonly string[];
  /** Ids of the active leaves. */
  readonly leaves: readonly string[];
  /** Ids of the states that were entered and left in the same step. */
  readonly passed: readonly string[];
  readonly taken: readonly Taken[];
  readonly invoked: readonly Invoked[];
  readonly status: "active" | "done" | "error";
  readonly born?: Birth;
  /** What a reader should know about the line itself: that the chart does not explain it, or that it cannot be read. */
  readonly note?: string;
}
