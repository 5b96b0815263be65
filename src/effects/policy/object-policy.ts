import type { Allow } from "../../machines/allow.js";
import { nounOf, type ComposeObject, type ObjectKind } from "../compose/compose-objects.js";
import { entriesOf, listIn, textOf } from "../compose/read-tree.js";
import type { Finding } from "./finding.js";
import { volumeFindings } from "./mount-policy.js";

/** All recipes share one proxy, which they reach on the network of this name. */
const commonNetwork = "proxy";

const makes: Readonly<Record<ObjectKind, (name: string) => string>> = {
  networks: (name) => `docker network create -d overlay --attachable ${name}`,
  volumes: (name) => `docker volume create ${name}`,
  secrets: (name) => `docker secret create ${name} FILE`,
  configs: (name) => `docker config create ${name} FILE`,
};

/** Whether a name can be shown to a shell and a person as it is. */
const isPlainName = (name: string): boolean => /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/.test(name);

/** Of networks, and of their addresses. Neither name is one of the other kind. */
const usualDrivers = new Set(["overlay", "default"]);

const driverFindings = (object: ComposeObject, allow: Allow): readonly Finding[] => {
  const { kind, key, at, entries } = object;
  if (kind === "volumes") return volumeFindings(object, allow);
  return [entries.get("driver"), entriesOf(entries.get("ipam")).get("driver")].flatMap((tree) => {
    const driver = textOf(tree);
    if (driver === "" || (kind === "networks" && usualDrivers.has(driver)) || allow.drivers.includes(driver)) return [];
    return [
      {
        at: tree?.at ?? at,
        what: `the ${nounOf(kind)} ${key} is made by the driver ${driver}, and what that reaches is not known here`,
        allow: { key: "drivers", item: driver },
      },
    ];
  });
};

/** The shortest prefix allowed. The Swarm gives each network a /24 of 10.0.0.0/8, unless its operator configured otherwise. */
const prefixMin = (subnet: string): number => (subnet.includes(":") ? 48 : 16);

/**
 * A finding for a network with addresses of its own choice. The Swarm gives no two networks the same, so they are taken by the app itself on
 * this host, or by the same recipe's next run; and all apps share them, so no network may take most.
 */
const subnetFindings = ({ kind, key, entries }: ComposeObject, allow: Allow): readonly Finding[] =>
  kind !== "networks"
    ? []
    : listIn(entriesOf(entries.get("ipam")).get("config"), "ipam.config").flatMap((item): readonly Finding[] => {
        const tree = entriesOf(item).get("subnet");
        const subnet = textOf(tree);
        const prefix = subnet.split("/")[1];
        if (tree === undefined || prefix === undefined) return [];
        const instead = "Leave the subnet out: the Swarm picks one.";
        if (Number(prefix) < prefixMin(subnet)) {
          const what = `the network ${key} takes the addresses ${subnet}, and may take a /${prefixMin(subnet)} at most`;
          return [{ at: tree.at, what, allow: null, instead }];
        }
        if (allow.subnets.includes(subnet)) return [];
        const what = `the network ${key} asks for the addresses ${subnet}: two runs would fight for them`;
        return [{ at: tree.at, what, allow: { key: "subnets", item: subnet }, instead }];
      });

interface ObjectCheck {
  readonly allow: Allow;
  readonly stack: string;
  /** The objects of this kind that a service uses, by their names in the file. */
  readonly used: ReadonlySet<string>;
  /** The names of this object's kind that exist on the Swarm. */
  readonly existing: ReadonlySet<string>;
  /** Whether the Swarm has other nodes, whose volumes cannot be listed from here. */
  readonly hasOtherNodes: boolean;
  /** Existing networks on which the Swarm accepts no service. */
  readonly ofOneNode: ReadonlySet<string>;
}

/**
 * Why a volume that does not exist on this node may still be somebody's; null if it cannot be. Names that begin with the
 * stack's are nobody else's.
 */
const whyUnsure = ({ kind, name }: ComposeObject, hasOtherNodes: boolean): string | null => {
  if (kind !== "volumes") return null;
  if (name.includes("{{")) return "a template: each task fills it in for itself, and it may come to somebody else's";
  return hasOtherNodes ? "which another node of this Swarm may have already: only this node's volumes can be listed" : null;
};

/** Whether an object may have its name, whatever else has it: it begins with the stack's, or the operator allowed it. */
const mayHaveName = ({ kind, name }: ComposeObject, { allow, stack }: ObjectCheck): boolean =>
  name.startsWith(`${stack}_`) || allow[kind].includes(name) || (kind === "networks" && name === commonNetwork);

/** A finding for an object that the deploy would create under a name that exists already, or that may exist where it cannot be looked for. */
const newNameFindings = (object: ComposeObject, check: ObjectCheck): readonly Finding[] => {
  const { kind, key, name, at } = object;
  const why = check.existing.has(name) ? "which exists already and is not the run's" : whyUnsure(object, check.hasOtherNodes);
  if (why === null || mayHaveName(object, check)) return [];
  return [
    {
      at,
      what: `the ${nounOf(kind)} ${key} has the name ${name}, ${why}`,
      allow: { key: kind, item: name },
      ...(kind === "volumes" ? { instead: "Begin its name with ${STACK_NAME}_, or give it none." } : {}),
    },
  ];
};

/** What is wrong with an external object: it is not there, it is of no use to a service, or it is somebody else's. */
const externalFindings = (object: ComposeObject, check: ObjectCheck): readonly Finding[] => {
  const { kind, key, name, at } = object;
  if (!check.used.has(key)) return [];
  const allow = mayHaveName(object, check) ? null : ({ key: kind, item: name } as const);
  // What is the run's own is made later, if at all: see awaited-objects.
  if (!check.existing.has(name) && !name.startsWith(`${check.stack}_`)) {
    const instead = isPlainName(name)
      ? `Make it once on this host (in the sandbox by its own docker: docs/sandbox.md): ${makes[kind](name)}`
      : "Its name is none that docker takes.";
    return [{ at, what: `the ${nounOf(kind)} ${name} is external and is not there`, allow, instead }];
  }
  if (kind === "networks" && check.ofOneNode.has(name))
    return [
      {
        at,
        what: `the network ${name} is external and is this node's alone: the Swarm takes no service on it`,
        allow,
        instead: `Make it anew, for the Swarm: ${makes[kind](name)}`,
      },
    ];
  return allow === null ? [] : [{ at, what: `the ${nounOf(kind)} ${name} is external: it belongs to somebody else`, allow }];
};

/** What a top-level network, volume, secret or config asks for and may not have. */
export const objectFindings = (object: ComposeObject, check: ObjectCheck): readonly Finding[] => [
  ...driverFindings(object, check.allow),
  ...subnetFindings(object, check.allow),
  ...(object.external ? externalFindings(object, check) : newNameFindings(object, check)),
];
