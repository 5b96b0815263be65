import { listTree, mapTree, type Tree } from "./compose-tree.js";

/** Nothing that could stand in for what another file says: docker's client merges only what is not its type's zero. */
const isEmpty = (tree: Tree): boolean =>
  tree.kind === "scalar" ? tree.value === null || tree.value === "" || tree.value === false || tree.value === 0 : tree.kind === "list" ? tree.items.length === 0 : tree.entries.size === 0;

/** Of one service in two files: maps are merged by key, lists joined, and a later word stands in for an earlier one. */
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
