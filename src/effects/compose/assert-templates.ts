import { composeRefused, type Place } from "./compose-refused.js";
import { entriesOf, textOf } from "./read-tree.js";
import type { Compose } from "./resolve-compose.js";
import { emptyScope, fillTemplate, type Filled } from "./swarm-template.js";

/** A long text may stand behind many aliases: each is looked at once. */
type Judged = Map<string, Filled>;

const assertTemplate = (judged: Judged, at: Place, text: string, what: string): void => {
  const filled = judged.get(text) ?? fillTemplate(text, emptyScope);
  judged.set(text, filled);
  if ("wrong" in filled) throw composeRefused(at, `${what} is a template for the Swarm, and has ${filled.wrong}`, 'The Swarm fills in {{.Service.Name}}, {{.Node.Hostname}}, {{.Task.Slot}} and their like; for two braces as they are, write {{"{{"}}.');
};

/** The Swarm fills templates into variables, host names and mounts, and takes no service with a wrong one. */
export const assertTemplates = ({ services }: Compose): void => {
  const judged: Judged = new Map();
  for (const { name, rest, mounts } of services) {
    const hostname = rest.entries.get("hostname");
    if (hostname !== undefined) assertTemplate(judged, hostname.at, textOf(hostname), `hostname of the service ${name}`);
    for (const [key, tree] of entriesOf(rest.entries.get("environment"))) assertTemplate(judged, tree.at, textOf(tree), `the variable ${key.slice(0, 40)} of the service ${name}`);
    for (const { at, source, target } of mounts) for (const text of [source, target]) assertTemplate(judged, at, text, `a mount of the service ${name}`);
  }
};
