import { failureFrom } from "../../errors.js";
import type { StopCause } from "../../vocabulary.js";
import { overran } from "../run-failures.js";

/** If an actor breaks, its failure ends the run's work. */
export const failsInto = <Target extends string>(target: Target) => ({
  target,
  actions: {
    type: "settleFailed" as const,
    params: ({ event }: { event: { readonly error: unknown } }) => ({ failure: failureFrom(event.error) }),
  },
});

/** If a wait uses up its budget, that ends the run's work. */
export const overrunsInto = <Target extends string>(target: Target, phase: Parameters<typeof overran>[0]) => ({
  target,
  actions: { type: "settleFailed" as const, params: { failure: overran(phase) } },
});

/** The transition for a stop, in a state that can be stopped. */
export const stopsInto = <Target extends string>(target: Target) => ({
  target,
  actions: { type: "settleStopped" as const, params: ({ event }: { event: { readonly cause: StopCause } }) => ({ cause: event.cause }) },
});

export const endsAtDeadline = <Target extends string>(target: Target) => ({
  target,
  actions: { type: "settleStopped" as const, params: { cause: "deadline" as const } },
});
