/** What is special to a tier, as data: the machine is the same for all. */
export interface TierSpec {
  readonly title: string;
  /** Its operation replaces or restarts tasks: the stack must settle and the app answer again before anything is asserted. */
  readonly changesStack: boolean;
  /** What runs afterwards is the ref under test; otherwise what ran before. */
  readonly bringsRef: boolean;
  /** For the chart. */
  readonly description: string;
}
