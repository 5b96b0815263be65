import type { Budgets } from "../budgets.js";
import type { Candidate, ReapOutput } from "../reap/reap.types.js";
import type { Domain, Failure } from "../vocabulary.js";

/** How many apps are reaped at once. Reaping mostly waits for the Swarm, and a single node serves more of them no sooner. */
export const lanes = [0, 1, 2, 3, 4, 5, 6, 7] as const;
export type Lane = (typeof lanes)[number];

export interface JanitorInput {
  readonly dryRun: boolean;
  /** The app of the run that asks: its own recovery deals with it. */
  readonly except: Domain | null;
  /** The one app that the operator declares to be a run's, whether or not there is a sign of it. */
  readonly adopt: Domain | null;
  readonly budgets: Budgets;
}

export interface JanitorContext extends JanitorInput {
  readonly candidates: readonly Candidate[];
  /** How many lanes have not yet finished their share. */
  readonly busyLanes: number;
  readonly done: readonly ReapOutput[];
  /** Lock files that belonged to no app and were unlinked. */
  readonly swept: readonly string[];
  /** What prevented the janitor from looking or sweeping; it reports this and goes on. */
  readonly troubles: readonly Failure[];
}

export interface JanitorOutput {
  readonly reaps: readonly ReapOutput[];
  readonly swept: readonly string[];
  readonly troubles: readonly Failure[];
}
