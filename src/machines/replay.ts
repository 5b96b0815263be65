import { initialTransition, type AnyMachineSnapshot, type AnyStateMachine } from "xstate";
import { step } from "./step.js";
import { leavesOf, type TraceLine } from "./trace-line.js";

/** Turns a recorded error, which is plain data, back into an error: the chart's actions switch on its kind. */
export const revived = (event: TraceLine["event"]): TraceLine["event"] => {
  const { error } = event;
  if (typeof error !== "object" || error === null || !("message" in error)) return event;
  const { name, code, message, hint, exitCode, details } = error as Record<string, unknown>;
  if (name !== "RunError") return { ...event, error: new Error(String(message)) };
  // By name, as isRunError checks it: the record may contain codes that this version does not know.
  const given = { name, code: String(code), hint: String(hint), exitCode, details: Array.isArray(details) ? details.map(String) : [] };
  return { ...event, error: Object.assign(new Error(String(message)), given) };
};

/** The chart's snapshot after an event of the record; `before` is null for the actor's first event. Throws if the chart does. */
export const played = (chart: AnyStateMachine, before: AnyMachineSnapshot | null, event: TraceLine["event"]): AnyMachineSnapshot =>
  before === null ? initialTransition(chart, event["input"])[0] : step(chart, before, revived(event))[0];

/** The chart's active states, as the record writes them. */
export const placeIn = (snapshot: AnyMachineSnapshot): string => leavesOf(snapshot.value).join(" ");
