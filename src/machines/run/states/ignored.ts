const ignored = (what: string, why: string) => ({ description: why, actions: { type: "noteIgnored", params: { what } } }) as const;

/** In an uninterruptible state, every event that could interrupt it is only noted. */
export const ignoredWhileTearingDown = {
  stop: ignored("stop", "A second signal must not abort the clean-up that the first asked for."),
  "lock.busy": ignored("lock.busy", "The lock is ours already."),
  "lock.held": ignored("lock.held", "The lock is ours already."),
  "lock.lost": ignored("lock.lost", "A teardown half done helps nobody; the next holder of the app recovers first."),
  "lock.failed": ignored("lock.failed", "The descriptor is still ours; only the watch is not."),
} as const;
