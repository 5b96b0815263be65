/** What is special about a tier, as data: all tiers share one machine. */
export interface TierSpec {
  readonly title: string;
  /**
   * Whether its operation replaces or restarts tasks. If so, the stack must settle and the app answer again before anything is asserted.
   */
  readonly changesStack: boolean;
  /** Whether the ref under test runs afterwards; otherwise what ran before still does. */
  readonly bringsRef: boolean;
  /** The description of its state in the chart. */
  readonly description: string;
}
