import type { Budgets } from "../budgets.js";
import type { Candidate, ReapOutput } from "../reap/reap.types.js";
import type { Domain, Failure } from "../vocabulary.js";

/** How many apps are reaped at once: a single node serves few concurrent removals well, and the rest wait their turn. */
export const lanes = ["first", "second", "third", "fourth"] as const;
export type Lane = (typeof lanes)[number];

export interface JanitorInput {
  readonly dryRun: boolean;
  /** The app of the run that asks, whose own recovery deals with it. */
  readonly except: Domain | null;
  /** The one app that the operator takes for a run's, sign or no sign. */
  readonly adopt: Domain | null;
  readonly budgets: Budgets;
}

export interface JanitorContext extends JanitorInput {
  readonly queue: readonly Candidate[];
  /** What each lane is at. */
  readonly taken: Readonly<Record<Lane, Candidate | null>>;
  readonly done: readonly ReapOutput[];
  /** Lock files without an app that were swept. */
  readonly swept: readonly string[];
  /** What kept the janitor from looking or sweeping; it reports and goes on. */
  readonly troubles: readonly Failure[];
}

export interface JanitorOutput {
  readonly reaps: readonly ReapOutput[];
  readonly swept: readonly string[];
  readonly troubles: readonly Failure[];
}
