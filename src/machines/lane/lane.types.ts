import type { Budgets } from "../budgets.js";
import type { Candidate, ReapOutput } from "../reap/reap.types.js";
import type { Failure } from "../vocabulary.js";

export interface LaneInput {
  /** This lane's share of all that there are. */
  readonly candidates: readonly Candidate[];
  readonly dryRun: boolean;
  readonly budgets: Budgets;
}

export interface LaneOutput {
  readonly reaps: readonly ReapOutput[];
  /** A reap that broke; the next one was taken all the same. */
  readonly troubles: readonly Failure[];
}

export interface LaneContext extends LaneInput, LaneOutput {}
