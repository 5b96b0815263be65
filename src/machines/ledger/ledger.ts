import type { NamedObject } from "../names.js";
import type { Domain, ResidueKind, StackName } from "../vocabulary.js";

/** The kinds of objects that the engine can list. */
export type ObjectKind = Exclude<ResidueKind, "env" | "process">;

/** An object of the engine or an .env file, with everything that attribution needs to know of it. */
export interface OwnableObject extends NamedObject {
  readonly kind: ObjectKind | "env";
  /** For a volume its name, for an .env file its path: neither has another id. */
  readonly id: string;
  /** A container's mounted volumes, by name, and its networks, by id; a service's secrets, configs and networks, by id. */
  readonly uses: readonly string[];
  /** For a container: whether it has ended, and the Swarm task and service it belongs to. */
  readonly container?: { readonly isOver: boolean; readonly task: string | null; readonly service: string | null };
  /** For a service: how long its containers may take to stop. */
  readonly graceMs?: number;
}

/** An object as recorded in a ledger. */
interface LedgerEntry {
  readonly kind: OwnableObject["kind"];
  readonly id: string;
  readonly name: string;
}

/** A node of the Swarm as it was when the run began. */
export interface LedgerNode {
  readonly id: string;
  /** Changes whenever anything changes about the node that could let a task onto it. */
  readonly version: number;
  /** Whether it takes tasks: it is neither drained nor paused. */
  readonly isOpen: boolean;
}

/**
 * What a run found and what it owns: `ledger.json` in its folder, on disk before the act that it concerns.
 *
 * A foreign object stays foreign, whatever name or label it gets later: a deploy relabels a config that a recipe names.
 */
export interface Ledger {
  readonly schema: 1;
  readonly domain: Domain;
  readonly stack: StackName;
  /** ISO 8601. */
  readonly takenAt: string;
  /** When the app was verified to be gone: nothing made since then is the run's. null: not yet. */
  readonly closedAt: string | null;
  /** `<kind> <id>` of everything that existed before the run, except what a dead run of this app left. */
  readonly foreign: readonly string[];
  /** What is known to be the run's, in the order in which it became known; includes what a dead run of the app owned. */
  readonly own: readonly LedgerEntry[];
  /** Names given in the recipe's compose files, by kind: they identify objects without a label. */
  readonly named: Readonly<Partial<Record<ObjectKind, readonly string[]>>>;
  readonly nodes: readonly LedgerNode[];
}

export const keyOf = ({ kind, id }: Pick<LedgerEntry, "kind" | "id">): string => `${kind} ${id}`;

export const entryOf = ({ kind, id, name }: OwnableObject): LedgerEntry => ({ kind, id, name });
