import type { Allow, AllowKey } from "../../machines/allow.js";
import type { Place } from "../compose/compose-refused.js";
import type { ComposeService } from "../compose/compose-service.js";
import { capability } from "../compose/engine-words.js";
import type { MapTree, Tree } from "../compose/compose-tree.js";
import { isTrue, mapIn, pairsIn, textOf, wordsIn } from "../compose/read-tree.js";
import { isAllowed, type Finding } from "./finding.js";
import { labelsOf } from "./route-policy.js";

type Entries = MapTree["entries"];

interface Wish {
  readonly at: Place;
  readonly key: AllowKey;
  readonly item: string | number;
  readonly what: string;
}

const words = (entries: Entries, name: string): readonly { readonly at: Place; readonly word: string }[] =>
  wordsIn(entries.get(name), name).map((tree) => ({
    at: tree.at,
    word: tree.kind === "scalar" ? textOf(tree) : "something that is not a word",
  }));

/**
 * Keys with one word as value, and the words that stay inside the container. docker ignores some of the others today, but not every engine
 * does.
 */
const wordsThatStayInside: Readonly<Record<string, RegExp>> = {
  network_mode: /^(?:|none|bridge|default)$/,
  pid: /^$/,
  ipc: /^(?:|none|private|shareable)$/,
  uts: /^$/,
  cgroup: /^(?:|private)$/,
  cgroupns_mode: /^(?:|private)$/,
  userns_mode: /^$/,
  cgroup_parent: /^$/,
  runtime: /^$/,
  isolation: /^(?:|default)$/,
};

/** Keys with a list whose words are each checked; words that only take rights away are allowed. */
const lists: Readonly<Record<string, RegExp>> = {
  security_opt: /^no-new-privileges(?:[:=]true)?$/,
  device_cgroup_rules: /^$/,
  group_add: /^\d+$|^[a-z_][\w-]*$/,
};

const hostWishes = (entries: Entries): readonly Wish[] => {
  const wish = (at: Place, name: string, value: string): Wish => ({ at, key: "host", item: `${name}=${value}`, what: `${name}: ${value}` });
  const single = Object.entries(wordsThatStayInside).flatMap(([name, inside]) => {
    const tree = entries.get(name);
    return tree === undefined || inside.test(textOf(tree)) ? [] : [wish(tree.at, name, textOf(tree))];
  });
  const listed = Object.entries(lists).flatMap(([name, inside]) =>
    words(entries, name)
      .filter(({ word }) => !inside.test(word))
      .map(({ at, word }) => wish(at, name, word)),
  );
  const privileged = entries.get("privileged");
  const credentials = entries.get("credential_spec");
  return [
    ...single,
    ...listed,
    ...(privileged !== undefined && isTrue(privileged) ? [wish(privileged.at, "privileged", "true")] : []),
    ...(credentials === undefined
      ? []
      : [wish(credentials.at, "credential_spec", [...mapIn(credentials, "credential_spec").keys()].join("+"))]),
  ];
};

const deviceOf = (tree: Tree): string =>
  (tree.kind === "map" ? textOf(tree.entries.get("source") ?? tree.entries.get("path")) : textOf(tree)).split(":", 1)[0] ?? "";

/** Drivers with which logs stay on this host. Every other driver sends them to an address that the recipe chose. */
const logDrivers: ReadonlySet<string> = new Set(["", "none", "json-file", "local", "journald"]);

/** Every app's backup asks the service with this label, and trusts it. */
const backupService = "coop-cloud.backupbot.enabled";

const officeWishes = (service: ComposeService): readonly Wish[] =>
  labelsOf(service).flatMap(([name, { value, tree }]) =>
    name === backupService && value === "true"
      ? [
          {
            at: tree.at,
            key: "host",
            item: `${name}=${value}`,
            what: `the label ${name}, by which it would be the backup service of every app on this Swarm`,
          } as const,
        ]
      : [],
  );

const wishesOf = (service: ComposeService): readonly Wish[] => {
  const { rest, ports, name } = service;
  const { entries } = rest;
  const logging = mapIn(entries.get("logging"), `logging of the service ${name}`);
  const driver = textOf(logging.get("driver"));
  return [
    ...hostWishes(entries),
    ...officeWishes(service),
    ...words(entries, "cap_add").map(({ at, word }): Wish => ({
      at,
      key: "capabilities",
      item: capability(word),
      what: `the capability ${capability(word)}`,
    })),
    ...wordsIn(entries.get("devices"), "devices").map((tree): Wish => ({
      at: tree.at,
      key: "devices",
      item: deviceOf(tree),
      what: `the device ${deviceOf(tree)}`,
    })),
    ...[...pairsIn(entries.get("sysctls"), "sysctls")].map(([item, { tree }]): Wish => ({
      at: tree.at,
      key: "sysctls",
      item,
      what: `the kernel setting ${item}`,
    })),
    ...(logDrivers.has(driver)
      ? []
      : [
          {
            at: logging.get("driver")?.at ?? rest.at,
            key: "drivers",
            item: driver,
            what: `the log driver ${driver}, which sends to an address of the recipe's choice`,
          } as const,
        ]),
    ...ports
      .filter(({ published }) => published !== 0)
      .map(({ at, published }): Wish => ({
        at,
        key: "ports",
        item: published,
        what: `the port ${published} of the host: two runs would fight for it; without \`published\` docker picks a free one`,
      })),
  ];
};

/** What one service asks of the host, other than mounts, and may not have. */
export const serviceFindings = (service: ComposeService, allow: Allow): readonly Finding[] =>
  wishesOf(service)
    .filter((wish) => !isAllowed(allow, wish))
    .map(({ at, key, item, what }) => ({ at, what: `the service ${service.name} asks for ${what}`, allow: { key, item } }));
