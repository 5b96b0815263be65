import type { TeardownInput, TeardownOutput, TeardownTarget } from "../teardown/teardown.types.js";
import type { Cleanliness } from "../vocabulary.js";

export interface TeardownsInput extends Pick<TeardownInput, "budgets" | "cookies"> {
  /** In the order in which they are torn down: an app before its deps. */
  readonly targets: readonly TeardownTarget[];
}

export interface TeardownsContext extends TeardownsInput {
  /** How many there were at the start. */
  readonly apps: number;
  /** One for each app that is done. */
  readonly done: readonly Cleanliness[];
  readonly troubles: readonly string[];
}

export type TeardownsOutput = TeardownOutput;
