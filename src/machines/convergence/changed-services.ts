import { asFailure } from "../errors.js";
import type { Failure } from "../vocabulary.js";
import { goneFailure } from "./judge-stack.js";
import type { AskedOfAll, StackWatch } from "./stack-watch.js";
import type { Asked, ServiceSnapshot, StackSnapshot } from "./stack.types.js";
import { describeService } from "./task-words.js";
import { isRolledBack } from "./update-failure.js";

const wordsOf = ({ name, asked }: ServiceSnapshot, before: Asked | undefined): readonly string[] => {
  if (before === undefined) return [`${name} was added`];
  const words = [
    ...(before.image === asked.image ? [] : [`${name} was given the image ${asked.image} instead of ${before.image}`]),
    ...(before.replicas === asked.replicas
      ? []
      : [`${name} was scaled from ${before.replicas ?? "no number"} to ${asked.replicas ?? "no number"}`]),
  ];
  return words.length === 0 && before.rest !== asked.rest ? [`${name} was updated`] : words;
};

const changedBy = (words: readonly string[], services: readonly ServiceSnapshot[], at: number, during: string): Failure =>
  asFailure({
    code: "app-disturbed",
    message: `somebody changed the app during ${during}: ${words.join("; ")}`,
    hint: "Look for a person, an updater of images or a cron job on the host that did it: this says nothing about the recipe. A test or hook that changes a service has to put it back.",
    details: services.flatMap((service) => describeService(service, at)),
  });

/**
 * The failure of a stack whose services are no longer what they were asked to be at the first look, or null. What was tested is then not
 * what the recipe says, however well it works. A change that was taken back is none, and nobody made one that the Swarm rolls back, of which
 * the end of its update tells. Removed services are for whoever judges the stack.
 */
export const changedFailure = ({ asked }: Pick<StackWatch, "asked">, { services, at }: StackSnapshot, during: string): Failure | null => {
  const changes = services
    .filter((service) => !isRolledBack(service))
    .map((service) => ({ service, words: wordsOf(service, asked[service.name]) }));
  const words = changes.flatMap((change) => change.words);
  return words.length === 0
    ? null
    : changedBy(
        words,
        changes.filter((change) => change.words.length > 0).map(({ service }) => service),
        at,
        during,
      );
};

/** The same before the run asks anything else of the services, when none of them may be gone either. */
export const touchedFailure = (asked: AskedOfAll, look: StackSnapshot, during: string): Failure | null =>
  goneFailure(Object.keys(asked), look) ?? changedFailure({ asked }, look, during);

/**
 * The same while the Swarm does what the run has asked. A rollback leads away from that: if it led back to it, another's update was rolled
 * back, and not the run's.
 */
export const overruledFailure = (asked: AskedOfAll, look: StackSnapshot, during: string): Failure | null => {
  const others = look.services.filter((service) => isRolledBack(service) && wordsOf(service, asked[service.name]).length === 0);
  return others.length === 0
    ? changedFailure({ asked }, look, during)
    : changedBy(
        others.map(({ name }) => `${name} was updated, and the Swarm rolled that back`),
        others,
        look.at,
        during,
      );
};
