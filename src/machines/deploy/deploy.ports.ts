import type { Version } from "../plan.js";
import { promisePort } from "../ports.js";
import { watchTime } from "../time-left.js";
import type { App, RecipeSettings } from "../vocabulary.js";

/** What the deploy machine asks of the world beside the settling: one abra verb each. */
export const deployPorts = {
  /** `abra app new`. An app that is there already, with an .env of its own, is a failure: recovery ran before. */
  createApp: promisePort<void, { app: App; version: Version }>("createApp"),
  /** Checks the recipe out at the version that is to be deployed, lays the overlay, edits the .env, generates secrets. Prints no secret. */
  configureApp: promisePort<{ images: readonly string[] }, { app: App; settings: RecipeSettings; version: Version }>("configureApp"),
  /** Makes every image available on the host before abra's clock ticks. A missing image is named. */
  prepullImages: promisePort<void, { images: readonly string[] }>("prepullImages"),
  /** `abra app deploy` without abra's own convergence checks: returns when the spec is accepted. Counted. */
  submitDeploy: promisePort<void, { app: App }>("submitDeploy"),
  watchTime,
};

export type DeployPorts = typeof deployPorts;
