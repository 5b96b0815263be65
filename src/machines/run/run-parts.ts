import type { TeardownTarget } from "../teardown/teardown.types.js";
import type { Prepared, RunContext } from "./run.types.js";

/** What prepare settled. From `holding` on it is there; its absence is our bug, and the supervisor's business. */
export const settled = (context: RunContext): Prepared => {
  if (context.prepared === null) throw new Error("a state past prepare was entered without a prepared recipe");
  return context.prepared;
};

/** The app as teardown knows it. */
export const targetOf = (context: RunContext): TeardownTarget => {
  const { domain, stack } = settled(context).app;
  return { domain, stack };
};

const ignored = (what: string, why: string) =>
  ({ description: why, actions: { type: "noteIgnored", params: { what } } }) as const;

/** What an uninterruptible state does with everything that could interrupt it: it writes it down. */
export const ignoredWhileTearingDown = {
  stop: ignored("stop", "A second signal must not abort the clean-up that the first asked for."),
  "lock.busy": ignored("lock.busy", "The lock is ours already."),
  "lock.held": ignored("lock.held", "The lock is ours already."),
  "lock.lost": ignored("lock.lost", "A teardown half done helps nobody; the next holder of the app recovers first."),
  "lock.failed": ignored("lock.failed", "The descriptor is still ours; only the watch is not."),
} as const;
