import { onceEach } from "../once-each.js";
import { composeRefused, type Place } from "./compose-refused.js";
import { usedKeys } from "./object-uses.js";
import { entriesOf, pairsIn, textOf } from "./read-tree.js";
import type { Compose } from "./resolve-compose.js";
import { emptyScope, fillTemplate, type Filled } from "./swarm-template.js";

const assertTemplate = (fill: (text: string) => Filled, at: Place, text: string, what: string): void => {
  const filled = fill(text);
  if ("wrong" in filled)
    throw composeRefused(
      at,
      `${what} is a template for the Swarm, and has ${filled.wrong}`,
      'The Swarm fills in {{.Service.Name}}, {{.Node.Hostname}}, {{.Task.Slot}} and their like; for two braces as they are, write {{"{{"}}.',
    );
};

/** Checks templates in variables, host names, mounts and their volume options: the Swarm accepts no service with a wrong one. */
export const assertTemplates = (compose: Compose): void => {
  const { services, objects } = compose;
  const fill = onceEach((text) => fillTemplate(text, emptyScope));
  for (const { name, rest, mounts } of services) {
    const hostname = rest.entries.get("hostname");
    if (hostname !== undefined) assertTemplate(fill, hostname.at, textOf(hostname), `hostname of the service ${name}`);
    for (const [key, tree] of entriesOf(rest.entries.get("environment")))
      assertTemplate(fill, tree.at, textOf(tree), `the variable ${key.slice(0, 40)} of the service ${name}`);
    for (const { at, source, target } of mounts)
      for (const text of [source, target]) assertTemplate(fill, at, text, `a mount of the service ${name}`);
  }
  const { volumes } = usedKeys(compose);
  for (const { kind, key, external, entries } of objects) {
    if (kind !== "volumes" || external || !volumes.has(key)) continue;
    for (const what of ["labels", "driver_opts"])
      for (const { value, tree } of pairsIn(entries.get(what), what).values())
        assertTemplate(fill, tree.at, value, `${what} of the volume ${key}`);
  }
};
