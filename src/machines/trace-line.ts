import type { StateValue } from "xstate";

/** One line of events.jsonl: the event that an actor of the run received, and the state it was in afterwards. */
export interface TraceLine {
  /** ISO 8601, for people; `seq` is the order. */
  readonly at: string;
  readonly seq: number;
  /** The ids from the root down: `run`, `run/deploy`. */
  readonly actor: string;
  /** The chart that it runs; only on an actor's first line. */
  readonly machine?: string;
  readonly event: { readonly type: string; readonly [key: string]: unknown };
  /** The active leaves: `holding.running.deploy`. */
  readonly state: readonly string[];
  readonly status?: "done" | "error";
}

/** A state value as paths of its leaves, in the chart's order. */
export const leavesOf = (value: StateValue): readonly string[] =>
  typeof value === "string"
    ? [value]
    : Object.entries(value).flatMap(([key, inner]) =>
        inner === undefined ? [] : leavesOf(inner).map((leaf) => (leaf === "" ? key : `${key}.${leaf}`)),
      );

/** `a.b.c` → `a`, `a.b`, `a.b.c`. */
export const withAncestors = (id: string): readonly string[] => id.split(".").map((_, index, parts) => parts.slice(0, index + 1).join("."));
