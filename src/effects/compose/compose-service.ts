import { composeRefused, type Place } from "./compose-refused.js";
import { mapTree, type MapTree, type Tree } from "./compose-tree.js";
import { forbiddenKeys } from "./docker-schema.js";
import { mergeTrees } from "./merge-trees.js";
import { mountOf, type Mount } from "./mounts.js";
import { portsOf, type Port, type PortRoom } from "./published-ports.js";
import { listIn, mapIn, pairsIn, textOf } from "./read-tree.js";

/** A secret, config or network that a service uses, by its name in the file. */
interface Use {
  readonly at: Place;
  readonly name: string;
}

interface FileUse extends Use {
  /** Its path in the container. */
  readonly target: string;
}

export interface ComposeService {
  readonly name: string;
  readonly at: Place;
  readonly mounts: readonly Mount[];
  readonly ports: readonly Port[];
  readonly secrets: readonly FileUse[];
  readonly configs: readonly FileUse[];
  readonly networks: readonly Use[];
  /** Everything else in the service, merged. */
  readonly rest: MapTree;
}

const usesIn = (tree: Tree | undefined, what: string): readonly FileUse[] =>
  listIn(tree, what).map((item) => {
    const name = textOf(item.kind === "map" ? item.entries.get("source") : item);
    return { at: item.at, name, target: (item.kind === "map" ? textOf(item.entries.get("target")) : "") || name };
  });

const networksIn = (tree: Tree | undefined, what: string): readonly Use[] =>
  tree?.kind === "map"
    ? [...tree.entries].map(([name, { at }]) => ({ at, name }))
    : listIn(tree, what).map((item) => ({ at: item.at, name: textOf(item) }));

const special: ReadonlySet<string> = new Set(["volumes", "ports", "secrets", "configs", "networks"]);

/** Keys that may be a map in one file and a list in another and are still merged by key. */
const pairs: ReadonlySet<string> = new Set(["environment", "labels", "sysctls"]);

const evened = (key: string, tree: Tree, name: string): Tree => {
  if (key === "deploy" && tree.kind === "map")
    return mapTree(new Map([...tree.entries].map(([inner, value]) => [inner, evened(inner, value, name)])), tree.at);
  if (!pairs.has(key) || tree.kind !== "list") return tree;
  const entries = [...pairsIn(tree, `${key} of the service ${name}`)].map(
    ([word, pair]) => [word, { ...pair.tree, kind: "scalar", value: pair.value, size: 1 }] as const,
  );
  return mapTree(new Map(entries), tree.at);
};

/** One service of one file, after substitution. */
export const composeService = (name: string, tree: Tree, room: PortRoom): ComposeService => {
  const entries = mapIn(tree, `the service ${name}`);
  for (const [key, { at }] of entries)
    if (forbiddenKeys.includes(key))
      throw composeRefused(at, `the service ${name} has \`${key}\`, which docker stack deploy does not take`);
  const dependsOn = entries.get("depends_on");
  if (dependsOn?.kind === "map")
    throw composeRefused(
      dependsOn.at,
      `the service ${name} has \`depends_on\` with conditions, which docker stack deploy does not take`,
      "Name the services alone, as a list: a Swarm starts all of them at once and restarts those that fail.",
    );
  const of = (key: string): string => `${key} of the service ${name}`;
  return {
    name,
    at: tree.at,
    mounts: listIn(entries.get("volumes"), of("volumes")).map(mountOf),
    ports: listIn(entries.get("ports"), of("ports")).flatMap((port) => portsOf(port, room)),
    secrets: usesIn(entries.get("secrets"), of("secrets")),
    configs: usesIn(entries.get("configs"), of("configs")),
    networks: networksIn(entries.get("networks"), of("networks")),
    rest: mapTree(
      new Map([...entries].filter(([key]) => !special.has(key)).map(([key, value]) => [key, evened(key, value, name)])),
      tree.at,
    ),
  };
};

/** Merges two lists by key. Docker's client treats two entries of the same key as one only if two files define the service. */
const mergedBy = <T>(base: readonly T[], later: readonly T[], key: (one: T) => string | number): readonly T[] =>
  base.length === 0 ? later : [...new Map([...base, ...later].map((one) => [key(one), one])).values()];

const replaced = (rest: MapTree, later: MapTree): Tree => {
  // A command is not merged: the later one replaces the earlier one.
  const base = new Map([...rest.entries].filter(([key]) => !(["command", "entrypoint"].includes(key) && later.entries.has(key))));
  return mergeTrees(mapTree(base, rest.at), later);
};

/** Merges the definitions of one service in two files. */
export const mergeServices = (base: ComposeService, later: ComposeService): ComposeService => {
  const rest = replaced(base.rest, later.rest);
  return {
    name: base.name,
    at: base.at,
    mounts: mergedBy(base.mounts, later.mounts, ({ target }) => target),
    ports: mergedBy(base.ports, later.ports, ({ published }) => published),
    secrets: mergedBy(base.secrets, later.secrets, ({ name }) => name),
    configs: mergedBy(base.configs, later.configs, ({ name }) => name),
    networks: mergedBy(base.networks, later.networks, ({ name }) => name),
    rest: rest.kind === "map" ? rest : base.rest,
  };
};
