import { listTree, mapTree, scalarTree, type ScalarTree, type Tree } from "./compose-tree.js";
import { substitute, type Variables } from "./substitute.js";

const filled = (from: ScalarTree, variables: Variables): ScalarTree => {
  if (typeof from.value !== "string") return from;
  const value = substitute(from.value, variables, from.at);
  return value === from.value ? from : { ...scalarTree(value, from.at), isFilled: true };
};

/**
 * The tree with variables substituted in all its texts, but not in its keys. A part that aliases share is processed once and stays shared.
 */
export const substituteTree = (tree: Tree, variables: Variables): Tree => {
  const done = new Map<Tree, Tree>();
  const make = (from: Tree): Tree => {
    switch (from.kind) {
      case "scalar":
        return filled(from, variables);
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
