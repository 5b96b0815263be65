import { composeRefused, inTheirPlaces } from "./compose-refused.js";
import { nounOf, type ComposeObject } from "./compose-objects.js";
import { dnsName, type Form } from "./forms.js";
import { useKey, usesOf } from "./object-uses.js";
import { textOf } from "./read-tree.js";
import type { Compose } from "./resolve-compose.js";

/** swarmkit, manager/controlapi/common.go. */
const kept: Form = {
  takes: (name) => /^[a-zA-Z0-9][a-zA-Z0-9-_.]*$/.test(name) && /[a-zA-Z0-9]$/.test(name),
  words: "letters, digits, and `-`, `_` and `.` between them",
};

/** Names that the driver `local` accepts on each node (moby, daemon/names). From a template each task makes its own. */
const volume: Form = {
  takes: (name) => name.includes("{{") || /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name),
  words: "letters, digits, `_`, `.` and `-` from the second place on, two of them at least",
};

const forms: Readonly<Record<ComposeObject["kind"], Form>> = { networks: dnsName, secrets: kept, configs: kept, volumes: volume };

const nameMax = 63;

/**
 * Whether the name is checked. An external object may have a name of any form, except a secret or config, whose names always follow the
 * rule.
 */
const isJudged = ({ kind, external, entries }: ComposeObject, isUsed: boolean): boolean => {
  if (kind === "secrets" || kind === "configs") return !external || isUsed;
  const isElsewhere = kind === "volumes" && !["", "local"].includes(textOf(entries.get("driver")));
  return !external && !isElsewhere && isUsed;
};

/** Throws `compose-refused` for a name that the Swarm would not accept for what the files create. */
export const assertNames = (compose: Compose, stack: string): void => {
  // A service's name longer than 63 is reported by findSlips, with what to do.
  for (const { name, at } of compose.services) {
    if (!dnsName.takes(`${stack}_${name}`))
      throw composeRefused(
        at,
        `the service ${name} would be called ${stack}_${name}, which the Swarm does not take`,
        `It takes ${dnsName.words}.`,
      );
  }
  const used = new Set(compose.services.flatMap(usesOf).map(useKey));
  for (const object of compose.objects) {
    const { kind, key, name, at, entries } = object;
    const form = forms[kind];
    if (!isJudged(object, used.has(useKey(object)))) continue;
    const place = entries.get("name")?.at ?? at;
    const what = `the ${nounOf(kind)} ${key} would be called ${JSON.stringify(name.slice(0, 120))}`;
    if (!form.takes(name))
      throw composeRefused(
        place,
        `${what}, which the Swarm does not take`,
        `It takes ${form.words}. Are all variables of the name set, ${inTheirPlaces}?`,
      );
    if (kind === "networks" && name.length > nameMax)
      throw composeRefused(
        place,
        `${what}, which has ${name.length} characters, and the Swarm takes ${nameMax}`,
        "Give it a shorter name.",
      );
  }
};
