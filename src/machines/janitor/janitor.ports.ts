import { promisePort } from "../ports.js";
import type { Candidate, ReapOutput } from "../reap/reap.types.js";
import type { Domain } from "../vocabulary.js";

/** What the janitor asks of the world, beside the reap machine. */
export const janitorPorts = {
  /**
   * Every run app that abra, the Swarm, an .env or a lock file mentions, by a constant number of processes.
   * `held`: those of them whose lock the kernel says is held, which settles them; a held app may still be among the
   * candidates, and its probe tells. Names outside RUN_APP_RE are not even looked at.
   */
  discoverApps: promisePort<{ candidates: readonly Candidate[]; held: readonly ReapOutput[] }, { except: Domain | null }>("discoverApps"),
  /** Unlinks lock files that nobody holds and no app belongs to, each under its own lock. */
  sweepLockFiles: promisePort<{ swept: readonly string[] }, { keep: readonly Domain[]; dryRun: boolean }>("sweepLockFiles"),
};

export type JanitorPorts = typeof janitorPorts;
