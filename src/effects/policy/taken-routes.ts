import type { ComposeService } from "../compose/compose-service.js";
import type { Labels, Service } from "../docker/engine-schema.js";
import { stackLabelName } from "../docker/stack-label.js";
import type { Finding } from "./finding.js";
import { labelsOf } from "./route-policy.js";

/** traefik reads keys in any case. What is named so is everybody's who names it so, whichever app a label is of. */
const namedKey = /^traefik\.((?:http|tcp|udp)\.(?:routers|services|middlewares))\.([^.]+)\./i;

const nameIn = (key: string): string | null => {
  const [, kind, name] = namedKey.exec(key) ?? [];
  return kind === undefined || name === undefined ? null : `${kind}.${name}`.toLowerCase();
};

/** The labels below each name, as one text that is the same for the same labels. */
const byName = (labels: Iterable<readonly [string, string]>): ReadonlyMap<string, string> => {
  const found = new Map<string, string[]>();
  for (const [key, value] of labels) {
    const name = nameIn(key);
    if (name !== null) found.set(name, [...(found.get(name) ?? []), `${key.toLowerCase()}=${value}`]);
  }
  return new Map([...found].map(([name, lines]) => [name, lines.toSorted().join("\n")]));
};

/** Whether a service has names for the proxy that another app could have too: those with the stack's own in them are nobody else's. */
export const hasSharedNames = (service: ComposeService, stack: string): boolean =>
  [...byName(labelsOf(service).map(([key, { value }]) => [key, value] as const)).keys()].some((name) => !name.includes(stack.toLowerCase()));

/** What the services of other stacks have named, with the labels below each name. */
export const takenNames = (services: readonly Service[], stack: string): ReadonlyMap<string, readonly string[]> => {
  const taken = new Map<string, string[]>();
  for (const { Spec } of services) {
    const labels: Labels = Spec.Labels ?? {};
    if (labels[stackLabelName] === stack) continue;
    for (const [name, text] of byName(Object.entries(labels))) taken.set(name, [...(taken.get(name) ?? []), text]);
  }
  return taken;
};

/**
 * Names for the proxy that another app on this Swarm has already: traefik would send that one's requests to the run's app as
 * well, or drop the routes of both. A middleware that is the same, word for word, does no harm.
 */
export const takenFindings = (service: ComposeService, taken: ReadonlyMap<string, readonly string[]>): readonly Finding[] => {
  const labels = labelsOf(service);
  return [...byName(labels.map(([key, { value }]) => [key, value] as const))].flatMap(([name, text]) => {
    const others = taken.get(name);
    if (others === undefined || (name.includes(".middlewares.") && others.every((other) => other === text))) return [];
    const at = labels.find(([key]) => nameIn(key) === name)?.[1].tree.at ?? service.at;
    return [{ at, what: `the service ${service.name} gives the proxy the name ${name.slice(0, 120)}, which another app on this Swarm has`, allow: null, instead: "Name it after the app, with ${STACK_NAME} in it." }];
  });
};
