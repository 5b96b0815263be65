import { asFailure } from "../errors.js";
import type { Failure } from "../vocabulary.js";
import type { StackWatch } from "./stack-watch.js";
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

/**
 * The failure of a stack whose services are no longer what they were asked to be at the first look, or null. What was tested is then not
 * what the recipe says, however well it works. A change that was taken back is none, and nobody made one that the Swarm rolls back, of which
 * the end of its update tells. Removed services are for whoever judges the stack.
 */
export const changedFailure = ({ asked }: StackWatch, { services, at }: StackSnapshot, during: string): Failure | null => {
  const changes = services
    .filter((service) => !isRolledBack(service))
    .map((service) => ({ service, words: wordsOf(service, asked[service.name]) }));
  const words = changes.flatMap((change) => change.words);
  return words.length === 0
    ? null
    : asFailure({
        code: "app-disturbed",
        message: `somebody changed the app during ${during}: ${words.join("; ")}`,
        hint: "Look for a person, an updater of images or a cron job on the host that did it: this says nothing about the recipe. A test or hook that changes a service has to put it back.",
        details: changes.filter((change) => change.words.length > 0).flatMap(({ service }) => describeService(service, at)),
      });
};
