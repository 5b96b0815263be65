import { promisePort } from "../ports.js";
import type { Cookie, Residue } from "../vocabulary.js";
import type { NodesAnswer, Stock, TeardownTarget } from "./teardown.types.js";

/**
 * What the teardown machine asks of the world. For each port, "already gone" is success.
 *
 * What belongs to the app is decided by the ledger of the run, or of the dead run that left it, and never by a name alone.
 */
export const teardownPorts = {
  /**
   * Ends what may still act on the app: our own children (their registry is closed first, so that none is started
   * meanwhile), or survivors of dead runs, found by their cookies. Resolves when none is alive.
   */
  drain: promisePort<void, { cookies: readonly Cookie[] }>("drain"),
  /** Lists everything and records what belongs to the app while its containers still exist, since they name their volumes. */
  takeStock: promisePort<Stock, TeardownTarget>("takeStock"),
  /**
   * Asks abra to undeploy. `false`: abra does not know the app, and nothing was done. Containers and networks may outlive
   * the call: `waitGone` waits for the containers.
   */
  undeployApp: promisePort<boolean, TeardownTarget>("undeployApp"),
  /** The same without abra: removes the app's own services, and none that only carries its label. */
  removeServices: promisePort<void, TeardownTarget>("removeServices"),
  /** Resolves once the app has no service and no container that the Swarm is still to stop. Until then it waits without a limit. */
  waitGone: promisePort<void, TeardownTarget>("waitGone"),
  /**
   * Removes by id whatever of the app is still listed, containers with their anonymous volumes, and its .env last. If
   * services of others use all that is left, it resolves too, and removes neither those objects nor the .env.
   */
  removeObjects: promisePort<void, TeardownTarget>("removeObjects"),
  /** Has the app's volumes and containers removed on every other node of the Swarm. If there is no other node, starts nothing. */
  cleanNodes: promisePort<NodesAnswer, TeardownTarget>("cleanNodes"),
  /** Everything of the app that is left, by a constant number of calls. */
  listResidue: promisePort<readonly Residue[], TeardownTarget>("listResidue"),
};

export type TeardownPorts = typeof teardownPorts;
