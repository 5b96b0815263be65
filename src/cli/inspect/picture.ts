/** An exported chart, or a part of one that has a picture of its own. */
export interface Picture {
  /** The id of the state whose inside it shows: `run`, or `run.holding.running`. */
  readonly name: string;
  readonly svg: string;
}
