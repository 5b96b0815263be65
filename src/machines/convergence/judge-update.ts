import { formatDuration } from "../duration.js";
import { asFailure } from "../errors.js";
import type { Failure } from "../vocabulary.js";
import { isJob } from "./service-facts.js";
import type { ServiceSnapshot, StackSnapshot } from "./stack.types.js";
import { updateFailure } from "./update-failure.js";

/** A service before our update: its `Version.Index`, and when its last update began. */
interface BeforeUpdate {
  readonly version: number;
  readonly startedAt: string | null;
}

/** By the services' names on the Swarm. */
export type StackBefore = Readonly<Record<string, BeforeUpdate>>;

export const stackBefore = ({ services }: StackSnapshot): StackBefore =>
  Object.fromEntries(services.map(({ name, version, update }) => [name, { version, startedAt: update?.startedAt ?? null }]));

interface UpdateToJudge {
  readonly before: StackBefore;
  /** The services of the new version. */
  readonly wanted: readonly string[];
  readonly look: StackSnapshot;
  /** How long ago the Swarm was given the new version. ms */
  readonly sinceMs: number;
}

export type UpdateJudgement =
  | { readonly kind: "waiting"; readonly services: readonly string[] }
  /** Everything that had to be updated was. `untouched`: services of the new version in which nothing had to be replaced. */
  | { readonly kind: "done"; readonly untouched: readonly string[] }
  | { readonly kind: "failed"; readonly failure: Failure };

/** Within this time the Swarm begins an update, unless there is nothing to replace. ms */
export const graceMs = 30_000;

type Step = "waiting" | "replaced" | "untouched" | { readonly failure: Failure };

/** The Swarm gives times in nanoseconds and we parse them to milliseconds: a time that differs and is not earlier is later. */
const isPast = (startedAt: string | null, before: string | null): boolean =>
  startedAt !== null && startedAt !== before && (before === null || Date.parse(startedAt) >= Date.parse(before));

/** How the update that we asked for stands, once it has begun. */
const endOfOurs = (service: ServiceSnapshot, at: number): Step => {
  const failure = updateFailure(service, at);
  if (failure !== null) return { failure };
  return service.update?.state === "completed" ? "replaced" : "waiting";
};

const isUpToDate = ({ tasks }: ServiceSnapshot): boolean =>
  tasks.filter(({ desired }) => desired === "running").every(({ current }) => current);

const unmoved = (name: string, isThere: boolean): Step => {
  const grace = formatDuration(graceMs);
  const message = isThere
    ? `${name} is as it was ${grace} ago: abra said that it had deployed the new version, and the Swarm was told nothing of it`
    : `${name} is a service of the new version, and ${grace} after the upgrade the Swarm does not have it`;
  return {
    failure: asFailure({ code: "update-not-started", message, hint: "The run's log has abra's output: did it deploy another stack?" }),
  };
};

const stepOf = (name: string, { before, look, sinceMs }: UpdateToJudge): Step => {
  const service = look.services.find((one) => one.name === name);
  const was = before[name];
  const isLate = sinceMs >= graceMs;
  if (service === undefined) return isLate ? unmoved(name, false) : "waiting";
  if (was === undefined) return "replaced";
  if (service.version === was.version) return isLate ? unmoved(name, true) : "waiting";
  if (isJob(service)) return "replaced";
  const { update } = service;
  // A rollback keeps the start time of the update that it reverts.
  if (update !== null && (isPast(update.startedAt, was.startedAt) || update.state.startsWith("rollback_s")))
    return endOfOurs(service, look.at);
  return isUpToDate(service) || isLate ? "untouched" : "waiting";
};

/**
 * Whether the Swarm has really done what it was told: each service of the new version exists and has changed, and its update
 * began afterwards and ended well. A service in which nothing has to be replaced has no update: it counts as done after a grace period.
 *
 * What an earlier update left behind, paused or rolled back, does not count against ours. Not promised: that the tasks
 * stay; that is for whoever judges the stack afterwards.
 */
export const judgeUpdate = (given: UpdateToJudge): UpdateJudgement => {
  const steps = given.wanted.map((name) => ({ name, step: stepOf(name, given) }));
  for (const { step } of steps) if (typeof step === "object") return { kind: "failed", failure: step.failure };
  const names = (wanted: Step): readonly string[] => steps.flatMap(({ name, step }) => (step === wanted ? [name] : []));
  const services = names("waiting");
  return services.length > 0 ? { kind: "waiting", services } : { kind: "done", untouched: names("untouched") };
};

/** Services of the stack that the new version no longer has: abra leaves them as they are. */
export const orphansOf = (wanted: readonly string[], { services }: StackSnapshot): readonly string[] =>
  services.map(({ name }) => name).filter((name) => !wanted.includes(name));
