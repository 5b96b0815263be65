import { observablePort } from "./ports.js";

/** What a piece of work is told about the time that the run's deadline leaves it. */
export type TimeEvent =
  /** Sent once, to work that asks first: it may take this long. */
  | { readonly type: "time.left"; readonly ms: number }
  /** Its time is over after this long. The rest until the deadline is for reading its last log lines. */
  | { readonly type: "time.over"; readonly ms: number };

/** A piece of work: its name for people, and how long it may take if no deadline is near. */
export interface Work {
  readonly work: string;
  readonly ownMs: number;
  /** Whether it begins only after it was told `time.left`. */
  readonly asksFirst: boolean;
}

/** Tells work that asks first how much time is left, at once, and tells all work when its time is over. Never completes, never errors. */
export const watchTime = observablePort<TimeEvent, Work>("watchTime");

/**
 * The transition that a chart takes, with its action `cut`, when the time that the deadline left it is over. The rest of the
 * deadline is for reading last log lines. `at`: what was cut.
 */
export const cutIn = <const Target extends string, const At extends object>(target: Target, at: At) =>
  ({ target, actions: { type: "cut", params: ({ event }: { event: { readonly ms: number } }) => ({ ...at, ms: event.ms }) } }) as const;
