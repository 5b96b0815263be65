import type { NamedObject } from "../names.js";
import type { Domain, ResidueKind, StackName } from "../vocabulary.js";

/** What the engine can list. */
export type ObjectKind = Exclude<ResidueKind, "env" | "process">;

/** One thing of the engine's, or an .env file, with all that attribution asks of it. */
export interface OwnableObject extends NamedObject {
  readonly kind: ObjectKind | "env";
  /** A volume's is its name, an .env file's its path: neither has another. */
  readonly id: string;
  /** Volumes that a container has mounted, by name; networks that it is attached to, by id; a service's secrets, configs and networks, by id. */
  readonly uses: readonly string[];
  /** Of a container: whether it has ended, and the Swarm's task and service that it is of. */
  readonly container?: { readonly isOver: boolean; readonly task: string | null; readonly service: string | null };
  /** Of a service: how long its containers may take to stop. */
  readonly graceMs?: number;
}

/** An object as a ledger has it. */
export interface LedgerEntry {
  readonly kind: OwnableObject["kind"];
  readonly id: string;
  readonly name: string;
}

/** A node of the Swarm as it was at the run's beginning. */
export interface LedgerNode {
  readonly id: string;
  /** Changes with everything about the node that could let a task onto it. */
  readonly version: number;
  /** It takes tasks: neither drained nor paused. */
  readonly isOpen: boolean;
}

/**
 * What a run found, and what is its own: `ledger.json` in its folder, on disk before the act that it is about.
 *
 * What is foreign stays foreign, whatever name or label it gets later: a deploy relabels a config that a recipe names.
 */
export interface Ledger {
  readonly schema: 1;
  readonly domain: Domain;
  readonly stack: StackName;
  /** ISO 8601. */
  readonly takenAt: string;
  /** When the app was verified to be gone: nothing that exists since then is the run's. null: not yet. */
  readonly closedAt: string | null;
  /** `<kind> <id>` of everything that existed before and is not a dead run's of this very app. */
  readonly foreign: readonly string[];
  /** What is known to be the run's, as it became known; a dead run's own is inherited. */
  readonly own: readonly LedgerEntry[];
  /** Names that the recipe's compose files give, by kind: objects without a label are known by them. */
  readonly named: Readonly<Partial<Record<ObjectKind, readonly string[]>>>;
  readonly nodes: readonly LedgerNode[];
}

export const keyOf = ({ kind, id }: Pick<LedgerEntry, "kind" | "id">): string => `${kind} ${id}`;

export const entryOf = ({ kind, id, name }: OwnableObject): LedgerEntry => ({ kind, id, name });
