import type { Version } from "../plan.js";
import { promisePort } from "../ports.js";
import { watchTime } from "../time-left.js";
import type { App, RecipeSettings } from "../vocabulary.js";

/** What the deploy machine asks of the world, besides the settle machine: one abra verb each. */
export const deployPorts = {
  /** `abra app new`. Rejects if the app already has an .env: recovery should have removed it. */
  createApp: promisePort<void, { app: App; version: Version }>("createApp"),
  /** Checks the recipe out at the version to deploy, adds the overlay, edits the .env, generates secrets. Prints no secret. */
  configureApp: promisePort<{ images: readonly string[] }, { app: App; settings: RecipeSettings; version: Version }>("configureApp"),
  /** Pulls every image before abra's time limit begins. If an image is missing, the failure names it. */
  prepullImages: promisePort<void, { images: readonly string[] }>("prepullImages"),
  /** `abra app deploy` without abra's own convergence checks: resolves when the Swarm has accepted the spec. Each call is counted. */
  submitDeploy: promisePort<void, { app: App }>("submitDeploy"),
  watchTime,
};

export type DeployPorts = typeof deployPorts;
