import type { ListTree, MapTree, Tree } from "./compose-tree.js";
import { composeRefused } from "./compose-refused.js";

/** A field's value as text; empty for a list or a map. Numbers and booleans look as in most files. */
export const textOf = (tree: Tree | undefined): string => (tree?.kind === "scalar" && tree.value !== null ? String(tree.value) : "");

/** Whether a field is true; after substitution it may be a word of YAML 1.1. */
export const isTrue = (tree: Tree | undefined): boolean => tree?.kind === "scalar" && /^(?:y|yes|true|on)$/i.test(String(tree.value));

/** The entries of a map; none of anything else. */
export const entriesOf = (tree: Tree | undefined): MapTree["entries"] => (tree?.kind === "map" ? tree.entries : new Map());

/** Whether a field is neither missing nor empty. */
export const isSomething = (tree: Tree | undefined): boolean =>
  tree?.kind === "list" ? tree.items.length > 0 : tree?.kind === "map" ? tree.entries.size > 0 : textOf(tree) !== "";

const isNothing = (tree: Tree | undefined): tree is undefined => tree === undefined || (tree.kind === "scalar" && tree.value === null);

/** The entries of a field that must be a map if it is present. */
export const mapIn = (tree: Tree | undefined, what: string): MapTree["entries"] => {
  if (isNothing(tree)) return new Map();
  if (tree.kind === "map") return tree.entries;
  throw composeRefused(tree.at, `${what} is not a map`);
};

export const listIn = (tree: Tree | undefined, what: string): ListTree["items"] => {
  if (isNothing(tree)) return [];
  if (tree.kind === "list") return tree.items;
  throw composeRefused(tree.at, `${what} is not a list`);
};

/** The words of a list, or a single word. */
export const wordsIn = (tree: Tree | undefined, what: string): readonly Tree[] =>
  tree?.kind === "scalar" && tree.value !== null ? [tree] : listIn(tree, what);

/** The pairs of a field that may be a map or a list of `key=value`. */
export const pairsIn = (
  tree: Tree | undefined,
  what: string,
  separator = "=",
): ReadonlyMap<string, { readonly value: string; readonly tree: Tree }> => {
  if (tree?.kind === "map") return new Map([...tree.entries].map(([key, value]) => [key, { value: textOf(value), tree: value }]));
  return new Map(
    listIn(tree, what).map((item) => {
      const text = textOf(item);
      const at = text.indexOf(separator);
      return at === -1 ? [text, { value: "", tree: item }] : [text.slice(0, at), { value: text.slice(at + 1), tree: item }];
    }),
  );
};
