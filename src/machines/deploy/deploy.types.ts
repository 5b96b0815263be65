import type { Budgets } from "../budgets.js";
import type { Version } from "../plan.js";
import type { SettleOutput, Up } from "../settle/settle.types.js";
import type { App, Failure, RecipeSettings } from "../vocabulary.js";

export interface DeployInput {
  readonly app: App;
  readonly settings: RecipeSettings;
  /** What is deployed: the ref under test, or the version that an upgrade starts from. */
  readonly version: Version;
  readonly budgets: Budgets;
}

export interface DeployContext extends DeployInput {
  readonly images: readonly string[];
  /** Set once, on the way into the final state. */
  readonly failure: Failure | null;
  readonly up: Up | null;
}

export type DeployOutput = SettleOutput;
