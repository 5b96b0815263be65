import { promisePort } from "../ports.js";
import type { Candidate, ReapOutput } from "../reap/reap.types.js";
import type { Domain } from "../vocabulary.js";

/** What the janitor asks of the world, besides the reap machine. */
export const janitorPorts = {
  /**
   * Every run app that abra, the Swarm, an .env, a ledger or a lock file mentions, found by a constant number of calls.
   * `settled`: those that need no probe, because the kernel says that their lock is held, or because nothing says that a
   * run made them. Names that do not match RUN_APP_RE are not looked at. With `adopt`, finds that app alone.
   */
  discoverApps: promisePort<
    { candidates: readonly Candidate[]; settled: readonly ReapOutput[] },
    { except: Domain | null; adopt: Domain | null }
  >("discoverApps"),
  /** Unlinks lock files that nobody holds and that belong to no app, each under its own lock. */
  sweepLockFiles: promisePort<{ swept: readonly string[] }, { keep: readonly Domain[]; dryRun: boolean }>("sweepLockFiles"),
};

export type JanitorPorts = typeof janitorPorts;
