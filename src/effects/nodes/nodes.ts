import type { LedgerNode } from "../../machines/ledger/ledger.js";
import type { Engine } from "../docker/engine.js";
import type { Info, Node } from "../docker/engine-schema.js";

const nodeName = ({ ID, Description }: Node): string => Description?.Hostname ?? ID;

export interface OtherNode {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  /** Whether a job can be sent there now. */
  readonly isOpen: boolean;
  /** Why not; null if it can. */
  readonly why: string | null;
}

const whyClosed = ({ Status, Spec }: Node): string | null => {
  if (Status?.State !== "ready") return `it is ${Status?.State ?? "in no known state"}${Status?.Message ? ` (${Status.Message})` : ""}`;
  if (Spec.Availability !== "active") return `its availability is ${Spec.Availability ?? "unknown"}, so that no job can be sent there`;
  return null;
};

/** The nodes of the Swarm other than the one whose docker we talk to. */
export const otherNodes = async (engine: Engine, signal?: AbortSignal): Promise<readonly OtherNode[]> => {
  const ask = signal === undefined ? {} : { signal };
  const [info, nodes] = await Promise.all([engine.json<Info>("GET", "/info", ask), engine.json<readonly Node[]>("GET", "/nodes", ask)]);
  return nodes
    .filter(({ ID }) => ID !== info.Swarm?.NodeID)
    .map((node) => {
      const why = whyClosed(node);
      return { id: node.ID, name: nodeName(node), version: node.Version?.Index ?? 0, isOpen: why === null, why };
    });
};

/** The other nodes as a ledger keeps them. */
export const nodesNow = async (engine: Engine, signal: AbortSignal): Promise<readonly LedgerNode[]> =>
  (await otherNodes(engine, signal)).map(({ id, version, isOpen }) => ({ id, version, isOpen }));

/**
 * Whether a node may have something of a run. Not if it was closed to tasks when the run began and has not changed since. A
 * node that is down may.
 */
export const mayHold = ({ id, version, why }: OtherNode, before: readonly LedgerNode[]): boolean => {
  const then = before.find((node) => node.id === id);
  const isShut = why?.startsWith("its availability") === true;
  return !(isShut && then !== undefined && !then.isOpen && then.version === version);
};
