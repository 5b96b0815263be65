import type { Place } from "./compose-refused.js";
import type { MapTree, Tree } from "./compose-tree.js";
import { isTrue, mapIn, textOf } from "./read-tree.js";

export const objectKinds = ["networks", "volumes", "secrets", "configs"] as const;
export type ObjectKind = (typeof objectKinds)[number];

const nouns = { networks: "network", volumes: "volume", secrets: "secret", configs: "config" } as const;

/** What one of them is called. */
export const nounOf = <K extends ObjectKind>(kind: K): (typeof nouns)[K] => nouns[kind];

/** A network, volume, secret or config of the top level, by the name that it has on the Swarm. */
export interface ComposeObject {
  readonly kind: ObjectKind;
  /** Its name in the file. */
  readonly key: string;
  /** Its name on the Swarm. */
  readonly name: string;
  /** It is there already, or must be: docker does not make it. */
  readonly external: boolean;
  readonly at: Place;
  /** All that the file says of it. */
  readonly entries: MapTree["entries"];
}

const isExternal = (tree: Tree | undefined): boolean => tree?.kind === "map" || isTrue(tree);

const externalName = (tree: Tree | undefined): string => (tree?.kind === "map" ? textOf(tree.entries.get("name")) : "");

/** Of two files that speak of one object, the later one alone counts. */
export const composeObject = (kind: ObjectKind, key: string, tree: Tree, stack: string): ComposeObject => {
  const entries = mapIn(tree, `${nounOf(kind)} ${key}`);
  const external = isExternal(entries.get("external"));
  const given = textOf(entries.get("name")) || externalName(entries.get("external"));
  return { kind, key, external, at: tree.at, entries, name: given || (external ? key : `${stack}_${key}`) };
};
