import type { Cleanliness } from "../vocabulary.js";

/** The cleanliness of several teardowns together: all of their residue, and every node that one of them could not ask. */
export const joinCleanliness = (all: readonly Cleanliness[]): Cleanliness => {
  const residue = all.flatMap((one) => (one.kind === "dirty" ? one.residue : []));
  if (residue.length > 0) return { kind: "dirty", residue };
  const nodes = new Map(all.flatMap((one) => (one.kind === "unverified" ? one.nodes.map((node) => [node.node, node] as const) : [])));
  if (nodes.size > 0) return { kind: "unverified", nodes: [...nodes.values()] };
  return all.some(({ kind }) => kind === "unknown") ? { kind: "unknown" } : { kind: "clean" };
};
