import { formatDuration } from "../duration.js";
import { asFailure } from "../errors.js";
import type { Failure } from "../vocabulary.js";
import { isJob } from "./service-facts.js";
import type { ServiceSnapshot, StackSnapshot } from "./stack.types.js";
import { updateFailure } from "./update-failure.js";

/** How a service stood before our update: `Version.Index` and when its last update had begun. */
export interface BeforeUpdate {
  readonly version: number;
  readonly startedAt: string | null;
}

/** By the services' names on the Swarm. */
export type StackBefore = Readonly<Record<string, BeforeUpdate>>;

export const stackBefore = ({ services }: StackSnapshot): StackBefore =>
  Object.fromEntries(services.map(({ name, version, update }) => [name, { version, startedAt: update?.startedAt ?? null }]));

export interface UpdateToJudge {
  readonly before: StackBefore;
  /** The services of the new version. */
  readonly wanted: readonly string[];
  readonly look: StackSnapshot;
  /** Since the Swarm was given the new version. ms */
  readonly sinceMs: number;
}

export type UpdateJudgement =
  | { readonly kind: "waiting"; readonly services: readonly string[] }
  /** What was to be updated has been. `untouched`: services of the new version of which nothing was to be replaced. */
  | { readonly kind: "done"; readonly untouched: readonly string[] }
  | { readonly kind: "failed"; readonly failure: Failure };

/** The Swarm begins an update within a moment, or sees that there is nothing to replace. */
export const graceMs = 30_000;

type Step = "waiting" | "replaced" | "untouched" | { readonly failure: Failure };

/** The Swarm gives times to the nanosecond, and we read them to the millisecond: what differs and is no earlier is later. */
const isPast = (startedAt: string | null, before: string | null): boolean =>
  startedAt !== null && startedAt !== before && (before === null || Date.parse(startedAt) >= Date.parse(before));

/** What became of the update that we asked for, once it has begun. */
const endOfOurs = (service: ServiceSnapshot, at: number): Step => {
  const failure = updateFailure(service, at);
  if (failure !== null) return { failure };
  return service.update?.state === "completed" ? "replaced" : "waiting";
};

const isUpToDate = ({ tasks }: ServiceSnapshot): boolean => tasks.filter(({ desired }) => desired === "running").every(({ current }) => current);

const unmoved = (name: string, isThere: boolean): Step => {
  const grace = formatDuration(graceMs);
  const message = isThere
    ? `${name} is as it was ${grace} ago: abra said that it had deployed the new version, and the Swarm was told nothing of it`
    : `${name} is a service of the new version, and ${grace} after the upgrade the Swarm does not have it`;
  return { failure: asFailure({ code: "update-not-started", message, hint: "The run's log has abra's output: did it deploy another stack?" }) };
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
  // A rollback goes by the clock of the update that it takes back.
  if (update !== null && (isPast(update.startedAt, was.startedAt) || update.state.startsWith("rollback_s"))) return endOfOurs(service, look.at);
  return isUpToDate(service) || isLate ? "untouched" : "waiting";
};

/**
 * Whether the Swarm has really done what it was given: each service of the new version is there and has moved, its update
 * has begun since, and has ended well. One of which nothing was to be replaced has no update, and is given a grace to show that.
 *
 * What an earlier update has left behind, paused or rolled back, is not held against ours. Not promised: that the tasks
 * stay; that is for whoever judges the stack afterwards.
 */
export const judgeUpdate = (given: UpdateToJudge): UpdateJudgement => {
  const steps = given.wanted.map((name) => ({ name, step: stepOf(name, given) }));
  for (const { step } of steps) if (typeof step === "object") return { kind: "failed", failure: step.failure };
  const names = (wanted: Step): readonly string[] => steps.flatMap(({ name, step }) => (step === wanted ? [name] : []));
  const services = names("waiting");
  return services.length > 0 ? { kind: "waiting", services } : { kind: "done", untouched: names("untouched") };
};

/** Services of the stack that the new version does not have any more: abra leaves them as they are. */
export const orphansOf = (wanted: readonly string[], { services }: StackSnapshot): readonly string[] => services.map(({ name }) => name).filter((name) => !wanted.includes(name));
