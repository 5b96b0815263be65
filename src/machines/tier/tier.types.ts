import type { App, Failure, RecipeSettings, TestResult, Tier, TierResult } from "../vocabulary.js";

export interface TierInput {
  readonly tier: Tier;
  readonly app: App;
  readonly settings: RecipeSettings;
  readonly url: string;
}

export interface TierContext extends TierInput {
  readonly tests: readonly TestResult[];
  /** Set when the tier could not be carried out; tests that ran and failed are in `tests`. */
  readonly failure: Failure | null;
}

export type TierOutput = TierResult & { readonly failure: Failure | null };
