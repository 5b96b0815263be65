import type { AnyStateMachine } from "xstate";
import { duplicateId, endlessWait, invokeInFinal, unhandledError, unheardEnd, unknownPort } from "./chart-lint/actors.js";
import { delayRange, unknownDelay } from "./chart-lint/delays.js";
import { ancestorAfter, emptyForbid, interruptible, rootListens, silentState, wildcard } from "./chart-lint/events.js";
import { finding, type Finding, type Rule } from "./chart-lint/finding.js";
import { spawns, unknownRecipient, unnamedAction, unnamedGuard } from "./chart-lint/names.js";
import { visitsOf } from "./chart-lint/raw.js";
import { badInitial, deadEnd, endlessLoop, noOutput, undescribed, unknownKey, unreachable } from "./chart-lint/shape.js";

const rules: readonly Rule[] = [
  unknownDelay,
  delayRange,
  rootListens,
  wildcard,
  emptyForbid,
  silentState,
  interruptible,
  ancestorAfter,
  unhandledError,
  unheardEnd,
  duplicateId,
  unknownPort,
  endlessWait,
  invokeInFinal,
  unnamedAction,
  unnamedGuard,
  spawns,
  unknownRecipient,
  undescribed,
  unknownKey,
  badInitial,
  unreachable,
  deadEnd,
  noOutput,
  endlessLoop,
];

export interface LintGiven {
  /** Events from outside that may come at any time. */
  readonly external: readonly string[];
  /** A context from which the delays can be computed. */
  readonly sample: unknown;
}

/**
 * What is wrong with a chart that neither compiler nor xstate says. Empty for a good one.
 *
 * `build` makes the chart: one with an unknown target cannot be made, which is a finding as well.
 */
export const lintChart = (build: () => AnyStateMachine, { external, sample }: LintGiven): readonly Finding[] => {
  let machine: AnyStateMachine;
  try {
    machine = build();
    void machine.root.initial;
  } catch (error) {
    return [finding("unbuildable", "chart", error instanceof Error ? error.message : String(error))];
  }
  const subject = { machine, visits: visitsOf(machine), external, sample };
  return rules.flatMap((rule) => {
    try {
      return rule(subject);
    } catch (error) {
      // xstate makes transitions when they are first asked for, so a bad target may show only here.
      return [finding("unbuildable", machine.id, error instanceof Error ? error.message : String(error))];
    }
  });
};
