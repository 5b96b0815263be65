import { asFailure, type FailureGiven } from "../errors.js";
import { formatDuration } from "../duration.js";
import type { Failure } from "../vocabulary.js";
import { hostFaultOf } from "./host-fault.js";
import { hasDied, isFine, isRunning } from "./service-facts.js";
import { follow, type StackWatch } from "./stack-watch.js";
import { goneFailure, judgeStack } from "./judge-stack.js";
import type { ConvergenceRules, ServiceSnapshot, StackSnapshot, TaskSnapshot } from "./stack.types.js";
import { describeService, endOf, taskName } from "./task-words.js";

/** A stack that has settled and has been watched since. */
export interface SteadyStack {
  readonly watch: StackWatch;
  /** The last look at which it was settled: the tasks of that look must stay. */
  readonly settled: StackSnapshot;
}

const isLost = (service: ServiceSnapshot, id: string): boolean => {
  const task = service.tasks.find((one) => one.id === id);
  return task === undefined || !isFine(service, task);
};

/** A task that is wanted still and has ended with the daemon. A daemon that starts gives its services new versions, so the version says nothing here. */
const isUnreported = (service: ServiceSnapshot, id: string): boolean =>
  service.tasks.some((one) => one.id === id && one.state === "unreported" && one.desired === "running");

/** What the host or its Swarm did to a task, according to the task's state; null if the task died by itself. */
const disturbed = (service: ServiceSnapshot, task: TaskSnapshot, at: number, during: string): FailureGiven | null => {
  const name = taskName(service, task);
  const told = (message: string, hint: string): FailureGiven => ({
    code: "app-disturbed",
    message,
    hint: `${hint} This says nothing about the recipe.`,
    details: describeService(service, at),
  });
  if (task.state === "unreported")
    return told(`${name} ended in ${during} with the docker daemon, which was restarted`, "Who restarts docker while runs are on?");
  // If nobody changed the service, the Swarm ends its task only because the node is drained or gone.
  if (!hasDied(service, task))
    return told(
      `the Swarm took ${name} down in ${during}, though nobody changed its service`,
      "Was its node drained or removed meanwhile? See docker node ls.",
    );
  return null;
};

const died = (service: ServiceSnapshot, before: TaskSnapshot, at: number, during: string): Failure => {
  const task = service.tasks.find(({ id }) => id === before.id);
  const others = task === undefined ? null : (hostFaultOf(service, task, at) ?? disturbed(service, task, at, during));
  if (others !== null) return asFailure(others);
  const end = task === undefined ? "the Swarm does not know it any more" : endOf(task);
  const after = task === undefined ? "" : ` after ${formatDuration(Math.max(0, task.since - before.since))}`;
  return asFailure({
    code: "task-died",
    message: `${taskName(service, before)} had settled and died in ${during}${after}: ${end}`,
    hint: "Its last words, or its health check, say why. A restart that a test asked for is not a death: use docker service update --force.",
    details: describeService(service, at),
  });
};

/** The stack after one more look. It may have settled anew, after an update that a test asked for. */
export const followSteady = ({ watch, settled }: SteadyStack, look: StackSnapshot, rules: ConvergenceRules): SteadyStack => {
  const next = follow(watch, look, rules);
  return { watch: next, settled: judgeStack(next, rules).kind === "settled" ? look : settled };
};

/**
 * Why a settled stack is no longer as it was, or null.
 *
 * Each task that ran then must still run, unless its service was changed since: an update may replace tasks, but
 * must not end badly, and none may have ended with the daemon. `during` is the phase, for the message.
 */
export const whyUnsteady = (
  { watch, settled }: SteadyStack,
  look: StackSnapshot,
  rules: ConvergenceRules,
  during: string,
): Failure | null => {
  const gone = goneFailure(
    settled.services.map(({ name }) => name),
    look,
  );
  if (gone !== null) return gone;
  for (const before of settled.services) {
    const service = look.services.find(({ name }) => name === before.name);
    if (service === undefined) continue;
    const isGone = service.version !== before.version ? isUnreported : isLost;
    const lost = before.tasks.find((task) => isRunning(task) && isGone(service, task.id));
    if (lost !== undefined) return died(service, lost, look.at, during);
  }
  const judgement = judgeStack(follow(watch, look, rules), rules);
  return judgement.kind === "failed" ? judgement.failure : null;
};
