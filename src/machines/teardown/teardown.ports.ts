import { promisePort } from "../ports.js";
import type { Cookie, Residue } from "../vocabulary.js";
import type { NodesAnswer, Stock, TeardownTarget } from "./teardown.types.js";

/**
 * What the teardown machine asks of the world. Each takes "already gone" for done.
 *
 * "The app's" is what the ledger of the run says, or of the dead run whose app it was: never a name alone.
 */
export const teardownPorts = {
  /**
   * Ends what may still act on the app: our own children (their registry is closed first, so that none is born
   * meanwhile), or the survivors of dead runs, found by their cookies. Resolves when none is alive.
   */
  drain: promisePort<void, { cookies: readonly Cookie[] }>("drain"),
  /** Looks at everything, and writes down what of it is the app's while its containers still live: they name their volumes. */
  takeStock: promisePort<Stock, TeardownTarget>("takeStock"),
  /**
   * Asks abra to undeploy. `false`: abra does not know the app, and nothing was done. Containers and networks outlive
   * it: `waitGone` promises the absence of the containers.
   */
  undeployApp: promisePort<boolean, TeardownTarget>("undeployApp"),
  /** The same without abra: removes the app's services, and nothing that only carries their label. */
  removeServices: promisePort<void, TeardownTarget>("removeServices"),
  /** Resolves once the app has no service, and no container that the Swarm will still stop. Does not end by itself otherwise. */
  waitGone: promisePort<void, TeardownTarget>("waitGone"),
  /**
   * Removes by id whatever of the app is still listed, containers with their anonymous volumes, and its .env last. Resolves
   * too where all that is left is used by services of others: it promises nothing about those, nor about the .env then.
   */
  removeObjects: promisePort<void, TeardownTarget>("removeObjects"),
  /** Has the app's volumes and containers removed on every other node of the Swarm; starts nothing where there is none. */
  cleanNodes: promisePort<NodesAnswer, TeardownTarget>("cleanNodes"),
  /** All of the app that is left, by a constant number of calls. */
  listResidue: promisePort<readonly Residue[], TeardownTarget>("listResidue"),
};

export type TeardownPorts = typeof teardownPorts;
