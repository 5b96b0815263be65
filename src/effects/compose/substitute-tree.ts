import { listTree, mapTree, scalarTree, type Tree } from "./compose-tree.js";
import { substitute, type Variables } from "./substitute.js";

/** The tree with variables put into all its texts, not into its keys. A part that aliases share is done once, and shared again. */
export const substituteTree = (tree: Tree, variables: Variables): Tree => {
  const done = new Map<Tree, Tree>();
  const make = (from: Tree): Tree => {
    switch (from.kind) {
      case "scalar":
        return typeof from.value === "string" ? scalarTree(substitute(from.value, variables, from.at), from.at) : from;
      case "list":
        return listTree(from.items.map(visit), from.at);
      case "map":
        return mapTree(new Map([...from.entries].map(([key, value]) => [key, visit(value)])), from.at);
    }
  };
  const visit = (from: Tree): Tree => {
    const made = done.get(from) ?? make(from);
    done.set(from, made);
    return made;
  };
  return visit(tree);
};
