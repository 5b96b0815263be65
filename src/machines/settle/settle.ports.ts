import type { StackSnapshot } from "../convergence/stack.types.js";
import type { Evidence } from "../errors.js";
import { observablePort, promisePort } from "../ports.js";
import { watchTime } from "../time-left.js";
import type { App, RecipeSettings } from "../vocabulary.js";
import type { ProbeEvent, StackEvent } from "./settle.types.js";

/** What is asked of the world about a stack that should settle, or stay. */
export const settlePorts = {
  /** Looks at the stack, as soon as something changed, for as long as anybody listens. Never errors: it says `stack.unreadable`. */
  observeStack: observablePort<StackEvent, { app: App }>("observeStack"),
  /** Asks the app at its address, over and over, and says what came of it. Ends with its state. */
  probeApp: observablePort<ProbeEvent, { app: App; settings: RecipeSettings }>("probeApp"),
  watchTime,
  /** The last words, exit codes and health checks of what is not as it should be. Takes a look of its own. */
  gatherEvidence: promisePort<Evidence, { app: App; settled: StackSnapshot | null }>("gatherEvidence"),
};

export type SettlePorts = typeof settlePorts;
