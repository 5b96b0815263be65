import type { Version } from "../plan.js";
import type { RecipeSettings } from "../recipe-settings.js";
import type { Budgets } from "../budgets.js";
import type { App, Failure } from "../vocabulary.js";

/** An app of this run that is ready to be deployed: a recipe that the one under test needs. */
export interface PreparedApp {
  readonly app: App;
  readonly settings: RecipeSettings;
  /** The version to deploy: the newest, unless recipe.yml names another. */
  readonly version: Version;
}

/** A dep that is up, and where it answers. */
export interface UpDep {
  readonly app: App;
  readonly url: string;
}

export interface DepsInput {
  /** In the order of deployment. */
  readonly deps: readonly PreparedApp[];
  readonly budgets: Budgets;
}

export interface DepsContext extends DepsInput {
  readonly ups: readonly UpDep[];
  /** Set once, on the way into the final state. */
  readonly failure: Failure | null;
}

export type DepsOutput =
  /** Each was deployed once. */
  { readonly kind: "up"; readonly deploys: number } | { readonly kind: "failed"; readonly failure: Failure };
