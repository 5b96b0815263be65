import type { StackSnapshot } from "../convergence/stack.types.js";
import type { Evidence } from "../errors.js";
import { observablePort, promisePort } from "../ports.js";
import { watchTime } from "../time-left.js";
import type { App, RecipeSettings } from "../vocabulary.js";
import type { ProbeEvent, StackEvent } from "./settle.types.js";

/** What is asked of the world about a stack that should settle or stay settled. */
export const settlePorts = {
  /** Looks at the stack whenever something has changed, for as long as anybody listens. Never errors: it sends `stack.unreadable`. */
  observeStack: observablePort<StackEvent, { app: App }>("observeStack"),
  /** Asks the app at its address again and again, and reports the results. Ends with the state that invoked it. */
  probeApp: observablePort<ProbeEvent, { app: App; settings: RecipeSettings }>("probeApp"),
  watchTime,
  /**
   * Collects last log lines, exit codes and health checks of what is not as it should be, and changes of the services since the engine's
   * time `since`. Takes a look at the stack itself.
   */
  gatherEvidence: promisePort<Evidence, { app: App; settled: StackSnapshot | null; since: number | null }>("gatherEvidence"),
};

export type SettlePorts = typeof settlePorts;
