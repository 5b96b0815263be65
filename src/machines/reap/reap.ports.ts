import { promisePort } from "../ports.js";
import type { Cleanliness, Domain, StackName } from "../vocabulary.js";
import type { Probe } from "./reap.types.js";

/** What reaping one app asks of the world, besides the teardown machine. */
export const reapPorts = {
  /**
   * Tries the app's lock without waiting. `orphan` and `unclaimed` mean that we hold it, exclusively and on the live
   * file, until `releaseApp` or `letGo`. The lock alone tells a live run from a dead one; a ledger, a card, a record or
   * the .env is the sign that tells a run's app from anybody else's. `adopted` stands for such a sign.
   */
  probeApp: promisePort<Probe, { domain: Domain; stack: StackName; adopted: boolean; dryRun: boolean }>("probeApp"),
  /** After a reap: records its end in apps/<domain>.json, then unlinks the lock file if clean, then frees the lock. */
  releaseApp: promisePort<void, { domain: Domain; cleanliness: Cleanliness }>("releaseApp"),
  /** Frees a probe's lock and changes nothing else. */
  letGo: promisePort<void, { domain: Domain }>("letGo"),
};

export type ReapPorts = typeof reapPorts;
