import { observablePort } from "./ports.js";

/** What a piece of work is told of the time that the run's deadline leaves it. */
export type TimeEvent =
  /** Said once, to work that asks first: so long may it take. */
  | { readonly type: "time.left"; readonly ms: number }
  /** So long it took. What is left until the deadline is for its last words. */
  | { readonly type: "time.over"; readonly ms: number };

/** A piece of work by name, as people are told of it, and the time that it may take where no deadline is near. */
export interface Work {
  readonly work: string;
  readonly ownMs: number;
  /** It is begun only once it was told `time.left`. */
  readonly asksFirst: boolean;
}

/** Says at once what is left, to work that asks, and when that is over. Never completes, never errors. */
export const watchTime = observablePort<TimeEvent, Work>("watchTime");

/**
 * Where a chart goes once the time is over that the deadline left it, with its action `cut`: what is left of the deadline is for
 * the last words. `at`: in the middle of what.
 */
export const cutIn = <const Target extends string, const At extends object>(target: Target, at: At) =>
  ({ target, actions: { type: "cut", params: ({ event }: { event: { readonly ms: number } }) => ({ ...at, ms: event.ms }) } }) as const;
