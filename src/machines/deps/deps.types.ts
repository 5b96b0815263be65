import type { Version } from "../plan.js";
import type { RecipeSettings } from "../recipe-settings.js";
import type { App } from "../vocabulary.js";

/** An app of this run, ready to be deployed: another recipe that the one under test needs. */
export interface PreparedApp {
  readonly app: App;
  readonly settings: RecipeSettings;
  /** What is deployed of it: its newest version, unless recipe.yml names another. */
  readonly version: Version;
}

/** A dep that runs, and where it answers. */
export interface UpDep {
  readonly app: App;
  readonly url: string;
}
