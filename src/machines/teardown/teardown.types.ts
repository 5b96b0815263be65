import type { Budgets } from "../budgets.js";
import type { Cleanliness, Cookie, Domain, Residue, StackName } from "../vocabulary.js";

/** The app to remove. Its recipe may be unknown: a reboot or a Python holder leaves only the name. */
export interface TeardownTarget {
  readonly domain: Domain;
  readonly stack: StackName;
}

export interface TeardownInput extends TeardownTarget {
  /** Cookies of dead runs whose survivors must go first. Empty when a run tears down its own app. */
  readonly cookies: readonly Cookie[];
  readonly budgets: Budgets;
}

export interface TeardownContext extends TeardownInput {
  readonly residue: readonly Residue[];
  /** How often removal went round; the second round is the last. */
  readonly rounds: number;
  /** Docker was asked to remove the stack: there is nothing stronger left to ask for. */
  readonly forced: boolean;
  /** One line for each step that abra or docker refused, for the log and the report. */
  readonly troubles: readonly string[];
}

export interface TeardownOutput {
  readonly cleanliness: Cleanliness;
  readonly troubles: readonly string[];
}
