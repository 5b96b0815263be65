import type { Budgets } from "../budgets.js";
import type { Version } from "../plan.js";
import type { Up } from "../settle/settle.types.js";
import type { App, RecipeSettings, TestResult, Tier, TierOutcome, TierResult } from "../vocabulary.js";
import type { Facts } from "./facts.js";

export interface TierInput {
  readonly tier: Tier;
  readonly app: App;
  readonly settings: RecipeSettings;
  readonly budgets: Budgets;
  /** The version that should run once the operation is done. */
  readonly target: Version;
  /** As the tiers before it left them. */
  readonly facts: Facts;
  readonly up: Up;
}

export interface TierContext extends TierInput {
  readonly tests: readonly TestResult[];
  /** Set once, on the way into the state that ends the tier or explains its end. */
  readonly outcome: TierOutcome | null;
}

export interface TierOutput {
  readonly result: TierResult;
  /** As the next tier finds them. */
  readonly facts: Facts;
  readonly up: Up;
}
