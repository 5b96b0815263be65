import { formatDuration } from "../duration.js";
import { asFailure, type FailureGiven } from "../errors.js";
import type { Failure } from "../vocabulary.js";
import { hostFaultAmong } from "./host-fault.js";
import { crashHint } from "./judge-stack.js";
import { deathsOf, newestTasks } from "./service-facts.js";
import { placeKey, type StackWatch } from "./stack-watch.js";
import type { ServiceSnapshot } from "./stack.types.js";
import { describeService, endOf, taskName } from "./task-words.js";

const unhealthyHint =
  "Its health check does not pass: the check's own output says why. Raise its start_period, or timeouts.deploy in recipe.yml, if it is only slow.";

/** If the Swarm cannot allocate something, it says so only in dockerd's log: the task waits for ever, without an error. */
const unallocatedHint =
  "The Swarm has allocated nothing to it, mostly since a network of it has no free address, as an external one that many apps share, or asks for a subnet that another has: dockerd's log on the manager says more.";

/** Why one service has not settled, the most telling reason first. */
const reasonOf = (watch: StackWatch, service: ServiceSnapshot): FailureGiven | null => {
  const newest = newestTasks(service);
  const unplaced = newest.find(({ state, error }) => state === "pending" && error !== null);
  if (unplaced !== undefined) {
    const message = `${taskName(service, unplaced)} cannot be placed: ${unplaced.error ?? ""}`;
    return {
      code: "not-placed",
      message,
      hint: "Check placement, resources and published ports of the service against: docker node ls, docker node inspect.",
    };
  }
  const dead = deathsOf(service);
  const deaths = newest.reduce((sum, { place }) => sum + (watch.places[placeKey(service, place)]?.dead.length ?? 0), 0);
  const [last] = dead;
  if (last !== undefined && deaths > 0) {
    return {
      code: "crash-loop",
      message: `${service.name} does not stay up: it died ${deaths} time${deaths === 1 ? "" : "s"}, last by ${endOf(last)}`,
      hint: crashHint(dead),
    };
  }
  const unallocated = newest.find(({ state, error }) => state === "new" && error === null);
  if (unallocated !== undefined) {
    return { code: "deploy-converging-overrun", message: `${taskName(service, unallocated)} was never scheduled`, hint: unallocatedHint };
  }
  const starting = newest.find(({ state }) => state === "starting");
  return starting === undefined
    ? null
    : { code: "not-healthy", message: `${taskName(service, starting)} has started and did not become healthy`, hint: unhealthyHint };
};

/**
 * The failure of a stack that did not settle in time: why, and what each late service was doing. `limitMs`: null if another limit ended the
 * wait.
 */
export const unsettledFailure = (watch: StackWatch, unsettled: readonly ServiceSnapshot[], limitMs: number | null): Failure => {
  const at = watch.last?.at ?? 0;
  const reasons = unsettled.flatMap((service) => reasonOf(watch, service) ?? []);
  const reason: FailureGiven = hostFaultAmong(unsettled, at) ??
    reasons[0] ?? {
      code: "deploy-converging-overrun",
      message: `${unsettled.map(({ name }) => name).join(", ")} did not settle`,
      hint: "Raise timeouts.deploy in the recipe's recipe.yml if the app is only slow to start.",
    };
  return asFailure({
    ...reason,
    message: limitMs === null ? reason.message : `${reason.message} (within ${formatDuration(limitMs)}, the deploy's limit)`,
    details: unsettled.flatMap((service) => describeService(service, at)),
  });
};
