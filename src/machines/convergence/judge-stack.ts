import { formatDuration } from "../duration.js";
import { asFailure } from "../errors.js";
import type { SettledCode } from "../failures.js";
import type { Failure } from "../vocabulary.js";
import { hostFaultAmong } from "./host-fault.js";
import { deathsOf, isGivenUp, isJob, isRunning, mayEnd, monitorOf, newestTasks, refusedBy } from "./service-facts.js";
import { placeKey, type StackWatch } from "./stack-watch.js";
import type { ConvergenceRules, ServiceSnapshot, StackSnapshot, TaskSnapshot } from "./stack.types.js";
import { describeService, endOf, taskName } from "./task-words.js";
import { updateFailure } from "./update-failure.js";

export type Judgement = { readonly kind: "moving" } | { readonly kind: "settled" } | { readonly kind: "failed"; readonly failure: Failure };

const failed = (code: SettledCode, message: string, hint: string, details: readonly string[]): Failure =>
  asFailure({ code, message, hint, details });

/** What a service is judged by, beside itself. */
interface Grounds {
  readonly watch: StackWatch;
  /** The time of the last look. */
  readonly at: number;
  readonly rules: ConvergenceRules;
}

const longestProofMs = 60_000;

/**
 * How long a task must stay: at least the monitor's time, and a second longer than any earlier task in its place lived (a minute at most).
 * ms
 */
const proofOf = (service: ServiceSnapshot, task: TaskSnapshot, { watch, rules }: Grounds): number => {
  const { longestLifeMs = 0 } = watch.places[placeKey(service, task.place)] ?? {};
  return Math.max(monitorOf(service, rules), longestLifeMs === 0 ? 0 : Math.min(longestProofMs, longestLifeMs + 1_000));
};

const isPlaceSettled = (service: ServiceSnapshot, task: TaskSnapshot, grounds: Grounds): boolean =>
  (isRunning(task) && !isJob(service) && grounds.at - task.since >= proofOf(service, task, grounds)) ||
  (mayEnd(service) && task.state === "complete");

/** Whether one service is as it should be, and has been for long enough. */
const isSettled = (service: ServiceSnapshot, grounds: Grounds): boolean => {
  const { at, rules } = grounds;
  if (service.update !== null && service.update.state !== "completed") return false;
  const settled = newestTasks(service).filter((task) => isPlaceSettled(service, task, grounds));
  // Before the Swarm has created the tasks of a global service, it has none either.
  if (service.wanted === 0) return service.mode === "replicated" || at - service.updated >= monitorOf(service, rules);
  const recently = deathsOf(service).some(({ since }) => at - since < monitorOf(service, rules));
  return settled.length >= service.wanted && (settled.every(({ state }) => state === "complete") || !recently);
};

const refusals = {
  image: "Check the image's name and tag in compose.yml, and that every node can pull it.",
  mount: "Check the volume or path in compose.yml: it must be there on the node before the task starts.",
} as const;

const refusalFailure = (service: ServiceSnapshot, at: number): Failure | null => {
  for (const task of service.tasks.filter(({ current }) => current)) {
    const what = refusedBy(task);
    if (what !== null)
      return failed(
        `${what}-refused`,
        `the Swarm cannot make a container of ${service.name}: ${task.error ?? ""}`,
        refusals[what],
        describeService(service, at),
      );
  }
  return null;
};

const givenUpFailure = (service: ServiceSnapshot, at: number): Failure | null => {
  const task = newestTasks(service).find((one) => isGivenUp(service, one, at));
  if (task === undefined) return null;
  const { condition, maxAttempts } = service.restart;
  const why = maxAttempts > 0 ? `its ${maxAttempts} restarts are used up` : `its restart condition is ${condition}`;
  const message = `${taskName(service, task)} ended and is not started again (${why}): ${endOf(task)}`;
  return failed(
    "task-failed",
    message,
    mayEnd(service)
      ? "Its last words say why it could not do its work."
      : "A service that stays must not end: its last words say why it did.",
    describeService(service, at),
  );
};

const isTemplateBroken = ({ error }: TaskSnapshot): boolean => /failed to expand templated (?:config|secret)/.test(error ?? "");

export const crashHint = (tasks: readonly TaskSnapshot[]): string => {
  if (tasks.some(isTemplateBroken))
    return "The Swarm cannot expand a config or secret with template_driver: golang. Its message has the line and the place in it; env, secret and config are the functions that there are.";
  return tasks.length > 0 && tasks.every(({ state }) => state === "complete")
    ? "It ends with 0 each time. Does its health check fail, so that the Swarm ends it? Then the check's output stands above. Else: does its command go to the background, or is it meant to run once (restart_policy: condition: none)?"
    : "Its last words say why. If it only waits for another service, raise crashLoop in the recipe's recipe.yml.";
};

const crashFailure = (service: ServiceSnapshot, { watch, at, rules }: Grounds): Failure | null => {
  for (const task of newestTasks(service)) {
    const history = watch.places[placeKey(service, task.place)];
    if (history === undefined || history.dead.length < rules.crashDeaths || at - history.since < rules.crashMs) continue;
    const dead = deathsOf(service);
    const [last] = dead;
    const message = `${taskName(service, task)} does not stay up: it died ${history.dead.length} times in ${formatDuration(at - history.since)}${last === undefined ? "" : `, last by ${endOf(last)}`}`;
    return failed("crash-loop", message, crashHint(dead), describeService(service, at));
  }
  return null;
};

const removed = (what: string): Failure =>
  asFailure({
    code: "stack-gone",
    message: `${what} is gone: somebody removed it under this run`,
    hint: "Look for another janitor, a cron job or a person on this host: docker events --since tells when it went.",
  });

/** The failure of a stack in which services of these names are no longer there, or null. */
export const goneFailure = (names: readonly string[], { services }: StackSnapshot): Failure | null => {
  const gone = names.filter((name) => !services.some((service) => service.name === name));
  return gone.length === 0 ? null : removed(services.length === 0 ? "the stack" : gone.join(", "));
};

/** An accepted deploy has created its services. If no look ever shows one, the stack was removed before the first look. */
const emptyMs = 10_000;
const isEmptyForLong = ({ last, firstAt, seen }: StackWatch): boolean =>
  seen.length === 0 && last !== null && firstAt !== null && last.at - firstAt >= emptyMs;

/**
 * Whether a stack has converged, judged by every look at it so far.
 *
 * Settled: every service has had the same tasks of the current spec for as long as the monitor asks, and none
 * died meanwhile; a job is complete; a service that may end has ended with 0. Failed: what waiting cannot fix. Not
 * promised: that the app answers; that is the probe's.
 */
export const judgeStack = (watch: StackWatch, rules: ConvergenceRules): Judgement => {
  if (watch.last === null) return { kind: "moving" };
  const { at, services } = watch.last;
  const gone = goneFailure(watch.seen, watch.last) ?? (isEmptyForLong(watch) ? removed("the stack") : null);
  if (gone !== null) return { kind: "failed", failure: gone };
  const grounds = { watch, at, rules };
  for (const service of services) {
    const failure =
      updateFailure(service, at) ?? refusalFailure(service, at) ?? givenUpFailure(service, at) ?? crashFailure(service, grounds);
    if (failure === null) continue;
    const fault = hostFaultAmong(services, at);
    return { kind: "failed", failure: fault === null ? failure : asFailure(fault) };
  }
  return services.length > 0 && services.every((service) => isSettled(service, grounds)) ? { kind: "settled" } : { kind: "moving" };
};

/** The services that keep a stack from having settled. */
export const unsettledServices = (watch: StackWatch, rules: ConvergenceRules): readonly ServiceSnapshot[] => {
  const { last } = watch;
  return last === null ? [] : last.services.filter((service) => !isSettled(service, { watch, at: last.at, rules }));
};
