import type { ContractWorld } from "./world.js";

/**
 * How far an expectation is more than hope:
 * V read in a source that drives or describes the real thing · E measured on a real Swarm · U read in Docker's source ·
 * B background knowledge · assumed: nobody here knows, and the first host with a real abra will tell.
 */
export type Mark = "V" | "E" | "U" | "B" | "assumed";

/** What a check rejects with where this host lacks what the row is about. The message says what it lacks. */
export class NotExamined extends Error {}

/** How long a row may take. ms */
export const rowLimitMs = 300_000;

export interface Expectation {
  readonly title: string;
  readonly mark: Mark;
  /** The open question of docs/abra.md that this row is our assumed answer to. */
  readonly question?: number;
  /** Rejects, naming the difference, where the world does otherwise; with NotExamined where that cannot be known. */
  readonly check: (world: ContractWorld) => Promise<void>;
}

/** Rows that share one app and build on each other, in order. */
export interface Chapter {
  readonly title: string;
  readonly rows: readonly Expectation[];
}
