import { composeRefused } from "./compose-refused.js";
import type { ComposeObject } from "./compose-objects.js";
import { textOf } from "./read-tree.js";
import type { Compose } from "./resolve-compose.js";

interface NameForm {
  readonly takes: (name: string) => boolean;
  readonly words: string;
}

/** swarmkit, manager/controlapi/common.go: a name that could be one of DNS. Longer than 63 is another matter: `findSlips` says it with what to do. */
const dns: NameForm = { takes: (name) => /^[a-zA-Z0-9](?:[-_]*[A-Za-z0-9])*$/.test(name), words: "letters, digits, and `-` and `_` between them" };

/** The same file. */
const kept: NameForm = { takes: (name) => /^[a-zA-Z0-9][a-zA-Z0-9-_.]*$/.test(name) && /[a-zA-Z0-9]$/.test(name), words: "letters, digits, and `-`, `_` and `.` between them" };

/** moby, daemon/names: what the driver local takes on each node. Of a template each task makes its own. */
const volume: NameForm = { takes: (name) => name.includes("{{") || /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name), words: "letters, digits, `_`, `.` and `-` from the second place on, two of them at least" };

const forms: Readonly<Record<ComposeObject["kind"], NameForm>> = { networks: dns, secrets: kept, configs: kept, volumes: volume };

const nameMax = 63;

const usedIn = ({ services }: Compose, { kind, key }: ComposeObject): boolean =>
  services.some((service) =>
    kind === "volumes" ? service.mounts.some(({ type, source }) => type === "volume" && source === key) : kind === "networks" ? service.networks.some(({ name }) => name === key) : service[kind].some(({ name }) => name === key),
  );

/** One that is there already may be of any form but a secret's or a config's, which no other could have made. */
const isJudged = (compose: Compose, object: ComposeObject): boolean => {
  const { kind, external } = object;
  if (kind === "secrets" || kind === "configs") return !external || usedIn(compose, object);
  const isElsewhere = kind === "volumes" && !["", "local"].includes(textOf(object.entries.get("driver")));
  return !external && !isElsewhere && usedIn(compose, object);
};

/** Throws `compose-refused` for a name that the Swarm would not take for what the files make. */
export const assertNames = (compose: Compose, stack: string): void => {
  for (const { name, at } of compose.services) {
    if (!dns.takes(`${stack}_${name}`)) throw composeRefused(at, `the service ${name} would be called ${stack}_${name}, which the Swarm does not take`, `It takes ${dns.words}.`);
  }
  for (const object of compose.objects) {
    const { kind, key, name, at, entries } = object;
    const form = forms[kind];
    if (!isJudged(compose, object)) continue;
    const place = entries.get("name")?.at ?? at;
    const what = `the ${kind.slice(0, -1)} ${key} would be called ${JSON.stringify(name.slice(0, 120))}`;
    if (!form.takes(name)) throw composeRefused(place, `${what}, which the Swarm does not take`, `It takes ${form.words}. Are all variables of the name set, in .env.sample or abra.sh?`);
    if (kind === "networks" && name.length > nameMax) throw composeRefused(place, `${what}, which has ${name.length} characters, and the Swarm takes ${nameMax}`, "Give it a shorter name.");
  }
};
