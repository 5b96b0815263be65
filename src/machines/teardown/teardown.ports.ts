import { promisePort } from "../ports.js";
import type { Cookie, Residue } from "../vocabulary.js";
import type { TeardownTarget } from "./teardown.types.js";

/** What the teardown machine asks of the world. Each acts on exact names only, and takes "already gone" for done. */
export const teardownPorts = {
  /**
   * Ends what may still act on the app: our own children (their registry is closed first, so that none is born
   * meanwhile), or the survivors of dead runs, found by their cookies. Resolves when none is alive.
   */
  drain: promisePort<void, { cookies: readonly Cookie[] }>("drain"),
  /** Asks abra to undeploy. Containers and networks outlive it: `waitGone` promises their absence. */
  undeployApp: promisePort<void, TeardownTarget>("undeployApp"),
  /** The same without abra: removes the stack's services and networks through docker. */
  removeStack: promisePort<void, TeardownTarget>("removeStack"),
  /** Resolves once no service, container or network of the stack is listed. Does not end by itself otherwise. */
  waitGone: promisePort<void, TeardownTarget>("waitGone"),
  /** Asks abra to remove the app's volumes; retries while a container still holds one. */
  removeVolumes: promisePort<void, TeardownTarget>("removeVolumes"),
  /** Asks abra to remove the app's secrets. */
  removeSecrets: promisePort<void, TeardownTarget>("removeSecrets"),
  /** Asks abra to remove the app: its configs and its .env. */
  removeApp: promisePort<void, TeardownTarget>("removeApp"),
  /** Removes by docker, and by unlink, whatever of the app is still listed: abra could not, or never knew of it. */
  removeLeftovers: promisePort<void, TeardownTarget>("removeLeftovers"),
  /** All that carries the app's name, by a constant number of docker calls. */
  listResidue: promisePort<readonly Residue[], TeardownTarget>("listResidue"),
};

export type TeardownPorts = typeof teardownPorts;
