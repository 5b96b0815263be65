import { transition, type AnyMachineSnapshot, type AnyStateMachine, type EventObject, type ExecutableActionObject } from "xstate";

const begun = { status: "active" };
const withoutBeginning = new WeakMap<AnyStateMachine, AnyStateMachine>();

/**
 * xstate's `transition`, without the chart's beginning. For each step xstate makes an actor, and for that it enters the chart's
 * first state, with no input: of our charts that is an error, caught, thrown away, and most of the work of a step.
 */
export const step = (chart: AnyStateMachine, before: AnyMachineSnapshot, event: EventObject): readonly [AnyMachineSnapshot, readonly ExecutableActionObject[]] => {
  const stepped = withoutBeginning.get(chart) ?? (Object.create(chart, { getInitialSnapshot: { value: () => begun } }) as AnyStateMachine);
  withoutBeginning.set(chart, stepped);
  return transition(stepped, before, event);
};
