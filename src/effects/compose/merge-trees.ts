import { listTree, mapTree, type Tree } from "./compose-tree.js";

/** Whether a value is its type's zero: docker's client does not merge those over another file's value. */
const isEmpty = (tree: Tree): boolean =>
  tree.kind === "scalar"
    ? tree.value === null || tree.value === "" || tree.value === false || tree.value === 0
    : tree.kind === "list"
      ? tree.items.length === 0
      : tree.entries.size === 0;

/** Merges one service's values from two files: maps by key, lists joined, and a later scalar replaces an earlier one. */
export const mergeTrees = (base: Tree, later: Tree): Tree => {
  if (isEmpty(later)) return base;
  if (base.kind === "list" && later.kind === "list") return listTree([...base.items, ...later.items], base.at);
  if (base.kind !== "map" || later.kind !== "map") return later;
  const entries = new Map(base.entries);
  for (const [key, tree] of later.entries) {
    const there = entries.get(key);
    entries.set(key, there === undefined ? tree : mergeTrees(there, tree));
  }
  return mapTree(entries, base.at);
};
