import { transition, type AnyMachineSnapshot, type AnyStateMachine, type EventObject, type ExecutableActionObject } from "xstate";

const begun = { status: "active" };
const withoutBeginning = new WeakMap<AnyStateMachine, AnyStateMachine>();

/**
 * xstate's `transition`, without entering the initial state. For each step xstate creates an actor, which enters the chart's
 * initial state without input: our charts throw there, the error is discarded, and that is most of the work of a step.
 */
export const step = (
  chart: AnyStateMachine,
  before: AnyMachineSnapshot,
  event: EventObject,
): readonly [AnyMachineSnapshot, readonly ExecutableActionObject[]] => {
  const stepped = withoutBeginning.get(chart) ?? (Object.create(chart, { getInitialSnapshot: { value: () => begun } }) as AnyStateMachine);
  withoutBeginning.set(chart, stepped);
  return transition(stepped, before, event);
};
