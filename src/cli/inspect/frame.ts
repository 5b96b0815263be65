/** A transition as the picture knows it: the arrow from one state's id to another's. */
export interface Taken {
  readonly source: string;
  readonly target: string;
}

/** An actor that is alive because its parent is in a state that invokes it. */
export interface Invoked {
  readonly id: string;
  readonly src: string;
  /** Such a one has frames of its own. */
  readonly hasChart: boolean;
}

/** The first frame of an actor that runs a chart. */
export interface Birth {
  /** The chart it runs; the name of its pictures. */
  readonly machine: string;
  /** The id it was invoked under. */
  readonly name: string;
  readonly parent: string | null;
}

/** One line of a run's record as a viewer gets it: what was told to whom, and where that left it. */
export interface Frame {
  /** From 1, without a gap: the viewer's cursor. */
  readonly n: number;
  readonly at: string;
  /** `run/tier#2`: the path of ids, and which of that path it is where there were several. */
  readonly actor: string;
  /** Masked. */
  readonly event: { readonly type: string; readonly [key: string]: unknown };
  /** Ids of the active states, ancestors included. */
  readonly active: readonly string[];
  /** Ids of the active leaves. */
  readonly leaves: readonly string[];
  /** Ids of the states that were entered and left on the way. */
  readonly passed: readonly string[];
  readonly taken: readonly Taken[];
  readonly invoked: readonly Invoked[];
  readonly status: "active" | "done" | "error";
  readonly born?: Birth;
  /** What a reader should know about the line itself: the chart does not explain it, or it cannot be read. */
  readonly note?: string;
}
