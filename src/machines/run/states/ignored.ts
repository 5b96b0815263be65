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
