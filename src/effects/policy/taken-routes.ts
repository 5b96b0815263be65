import type { ComposeService } from "../compose/compose-service.js";
import type { Labels, Service } from "../docker/engine-schema.js";
import { stackLabelName } from "../docker/stack-label.js";
import type { Finding } from "./finding.js";
import { labelsOf } from "./route-policy.js";

/** traefik ignores the case of keys. Everything of the same name is one thing for it, whichever app's label defines it. */
const namedKey = /^traefik\.((?:http|tcp|udp)\.(?:routers|services|middlewares))\.([^.]+)\./i;

const nameIn = (key: string): string | null => {
  const [, kind, name] = namedKey.exec(key) ?? [];
  return kind === undefined || name === undefined ? null : `${kind}.${name}`.toLowerCase();
};

/** The labels below each name as one text, which is equal for equal labels. */
const byName = (labels: Iterable<readonly [string, string]>): ReadonlyMap<string, string> => {
  const found = new Map<string, string[]>();
  for (const [key, value] of labels) {
    const name = nameIn(key);
    if (name !== null) found.set(name, [...(found.get(name) ?? []), `${key.toLowerCase()}=${value}`]);
  }
  return new Map([...found].map(([name, lines]) => [name, lines.toSorted().join("\n")]));
};

/** Whether a service defines names for the proxy that another app could define too. Names that contain the stack's are nobody else's. */
export const hasSharedNames = (service: ComposeService, stack: string): boolean =>
  [...byName(labelsOf(service).map(([key, { value }]) => [key, value] as const)).keys()].some(
    (name) => !name.includes(stack.toLowerCase()),
  );

/** The names that services of other stacks define, with the labels below each. */
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
 * Names for the proxy that another app on this Swarm already defines: traefik would send that app's requests to the run's app
 * too, or drop the routes of both. A middleware that is the same, word for word, does no harm.
 */
export const takenFindings = (service: ComposeService, taken: ReadonlyMap<string, readonly string[]>): readonly Finding[] => {
  const labels = labelsOf(service);
  return [...byName(labels.map(([key, { value }]) => [key, value] as const))].flatMap(([name, text]) => {
    const others = taken.get(name);
    if (others === undefined || (name.includes(".middlewares.") && others.every((other) => other === text))) return [];
    const at = labels.find(([key]) => nameIn(key) === name)?.[1].tree.at ?? service.at;
    return [
      {
        at,
        what: `the service ${service.name} gives the proxy the name ${name.slice(0, 120)}, which another app on this Swarm has`,
        allow: null,
        instead: "Name it after the app, with ${STACK_NAME} in it.",
      },
    ];
  });
};
