import type { Budgets } from "../budgets.js";
import type { Candidate, ReapOutput } from "../reap/reap.types.js";
import type { Failure } from "../vocabulary.js";

export interface LaneInput {
  /** This lane's share of all candidates. */
  readonly candidates: readonly Candidate[];
  readonly dryRun: boolean;
  readonly budgets: Budgets;
}

export interface LaneOutput {
  readonly reaps: readonly ReapOutput[];
  /** Reaps that broke; the lane went on with the next one all the same. */
  readonly troubles: readonly Failure[];
}

export interface LaneContext extends LaneInput, LaneOutput {}
