import { promisePort } from "../ports.js";
import type { Candidate, ReapOutput } from "../reap/reap.types.js";
import type { Domain } from "../vocabulary.js";

/** What the janitor asks of the world, beside the reap machine. */
export const janitorPorts = {
  /**
   * Every run app that abra, the Swarm, an .env, a ledger or a lock file mentions, by a constant number of calls.
   * `settled`: those of them that need no probe, since the kernel says that their lock is held, or nothing says that a
   * run made them. Names outside RUN_APP_RE are not even looked at. With `adopt`, that app alone.
   */
  discoverApps: promisePort<
    { candidates: readonly Candidate[]; settled: readonly ReapOutput[] },
    { except: Domain | null; adopt: Domain | null }
  >("discoverApps"),
  /** Unlinks lock files that nobody holds and no app belongs to, each under its own lock. */
  sweepLockFiles: promisePort<{ swept: readonly string[] }, { keep: readonly Domain[]; dryRun: boolean }>("sweepLockFiles"),
};

export type JanitorPorts = typeof janitorPorts;
