import { observablePort, promisePort } from "../ports.js";
import type { App, RecipeSettings } from "../vocabulary.js";
import type { DeployEvent } from "./deploy.types.js";

/** What the deploy machine asks of the world: one abra verb or one look at the Swarm each. */
export const deployPorts = {
  /** `abra app new`. An app that is there already, with an .env of its own, is a failure: recovery ran before. */
  createApp: promisePort<void, { app: App }>("createApp"),
  /** Checks the recipe out at the ref again, lays the overlay, edits the .env, generates secrets. Prints no secret. */
  configureApp: promisePort<{ images: readonly string[] }, { app: App }>("configureApp"),
  /** Makes every image available on the host before abra's clock ticks. A missing image is named. */
  prepullImages: promisePort<void, { images: readonly string[] }>("prepullImages"),
  /** `abra app deploy` without abra's own convergence checks: returns when the spec is accepted. Counted. */
  submitDeploy: promisePort<void, { app: App }>("submitDeploy"),
  /** Snapshots of the stack, one a second, for as long as anybody listens. Never errors: it says `stack.unreadable`. */
  observeStack: observablePort<DeployEvent, { app: App }>("observeStack"),
  /** Resolves with the app's address once it answered often enough in a row. Does not end by itself otherwise. */
  probeApp: promisePort<{ url: string }, { app: App; settings: RecipeSettings }>("probeApp"),
};

export type DeployPorts = typeof deployPorts;
