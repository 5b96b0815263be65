/** An exported chart, or a part of one that has a picture of its own. */
export interface Picture {
  /** `run`, or `run.holding.running`: the id of the state that it shows the inside of. */
  readonly name: string;
  readonly svg: string;
}
