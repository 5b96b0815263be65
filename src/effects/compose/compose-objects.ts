import type { Place } from "./compose-refused.js";
import type { MapTree, Tree } from "./compose-tree.js";
import { isTrue, mapIn, textOf } from "./read-tree.js";

export const objectKinds = ["networks", "volumes", "secrets", "configs"] as const;
export type ObjectKind = (typeof objectKinds)[number];

const nouns = { networks: "network", volumes: "volume", secrets: "secret", configs: "config" } as const;

/** The word for one object of a kind. */
export const nounOf = <K extends ObjectKind>(kind: K): (typeof nouns)[K] => nouns[kind];

/** A top-level network, volume, secret or config. */
export interface ComposeObject {
  readonly kind: ObjectKind;
  /** Its name in the file. */
  readonly key: string;
  /** Its name on the Swarm. */
  readonly name: string;
  /** Whether it must already exist: docker does not create it. */
  readonly external: boolean;
  readonly at: Place;
  /** Everything that the file says about it. */
  readonly entries: MapTree["entries"];
}

const isExternal = (tree: Tree | undefined): boolean => tree?.kind === "map" || isTrue(tree);

const externalName = (tree: Tree | undefined): string => (tree?.kind === "map" ? textOf(tree.entries.get("name")) : "");

/** One top-level object of a file. If two files define it, only the later one counts. */
export const composeObject = (kind: ObjectKind, key: string, tree: Tree, stack: string): ComposeObject => {
  const entries = mapIn(tree, `${nounOf(kind)} ${key}`);
  const external = isExternal(entries.get("external"));
  const given = textOf(entries.get("name")) || externalName(entries.get("external"));
  return { kind, key, external, at: tree.at, entries, name: given || (external ? key : `${stack}_${key}`) };
};
