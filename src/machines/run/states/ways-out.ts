import { failureFrom } from "../../errors.js";
import type { StopCause } from "../../vocabulary.js";
import { overran } from "../run-failures.js";

/** An actor that broke ends the run's work with its failure. */
export const failsInto = <Target extends string>(target: Target) => ({
  target,
  actions: { type: "settleFailed" as const, params: ({ event }: { event: { readonly error: unknown } }) => ({ failure: failureFrom(event.error) }) },
});

/** So does a wait that used up its budget. */
export const overrunsInto = <Target extends string>(target: Target, phase: Parameters<typeof overran>[0]) => ({
  target,
  actions: { type: "settleFailed" as const, params: { failure: overran(phase) } },
});

/** A stop, in a state that can be stopped. */
export const stopsInto = <Target extends string>(target: Target) => ({
  target,
  actions: { type: "settleStopped" as const, params: ({ event }: { event: { readonly cause: StopCause } }) => ({ cause: event.cause }) },
});

export const endsAtDeadline = <Target extends string>(target: Target) => ({
  target,
  actions: { type: "settleStopped" as const, params: { cause: "deadline" as const } },
});
