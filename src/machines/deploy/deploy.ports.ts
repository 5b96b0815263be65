import { observablePort, promisePort } from "../ports.js";
import type { Version } from "../plan.js";
import type { App, RecipeSettings } from "../vocabulary.js";
import type { StackSnapshot } from "../convergence/stack.types.js";
import type { ProbeEvent, StackEvent } from "./deploy.types.js";

/** What the deploy machine asks of the world: one abra verb or one look at the Swarm each. */
export const deployPorts = {
  /** `abra app new`. An app that is there already, with an .env of its own, is a failure: recovery ran before. */
  createApp: promisePort<void, { app: App; version?: Version }>("createApp"),
  /** Checks the recipe out at the version that is to be deployed (none given: the ref under test), lays the overlay, edits the .env, generates secrets. Prints no secret. */
  configureApp: promisePort<{ images: readonly string[] }, { app: App; settings: RecipeSettings; version?: Version }>("configureApp"),
  /** Makes every image available on the host before abra's clock ticks. A missing image is named. */
  prepullImages: promisePort<void, { images: readonly string[] }>("prepullImages"),
  /** `abra app deploy` without abra's own convergence checks: returns when the spec is accepted. Counted. */
  submitDeploy: promisePort<void, { app: App }>("submitDeploy"),
  /** Looks at the stack, as soon as something changed, for as long as anybody listens. Never errors: it says `stack.unreadable`. */
  observeStack: observablePort<StackEvent, { app: App }>("observeStack"),
  /** Asks the app at its address, over and over, and says what came of it. Ends with its state. */
  probeApp: observablePort<ProbeEvent, { app: App; settings: RecipeSettings }>("probeApp"),
  /** The last words, exit codes and health checks of what is not as it should be. Takes a look of its own. */
  gatherEvidence: promisePort<{ lines: readonly string[] }, { app: App; settled: StackSnapshot | null }>("gatherEvidence"),
};

export type DeployPorts = typeof deployPorts;
