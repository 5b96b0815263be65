import type { TeardownInput, TeardownOutput, TeardownTarget } from "../teardown/teardown.types.js";
import type { Cleanliness } from "../vocabulary.js";

export interface TeardownsInput extends Pick<TeardownInput, "budgets" | "cookies"> {
  /** In the order in which they go: an app before what it needs. */
  readonly targets: readonly TeardownTarget[];
}

export interface TeardownsContext extends TeardownsInput {
  /** How many there were to begin with. */
  readonly apps: number;
  /** One for each that is done. */
  readonly done: readonly Cleanliness[];
  readonly troubles: readonly string[];
}

export type TeardownsOutput = TeardownOutput;
