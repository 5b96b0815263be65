import type { Budgets } from "../budgets.js";
import type { Cleanliness, Cookie, Domain, Residue, StackName, UnaskedNode } from "../vocabulary.js";

/** The app to remove. Its recipe may be unknown: after a reboot or a Python holder only the name is left. */
export interface TeardownTarget {
  readonly domain: Domain;
  readonly stack: StackName;
}

export interface TeardownInput extends TeardownTarget {
  /** Cookies of dead runs whose survivors must go first. Empty when a run tears down its own app. */
  readonly cookies: readonly Cookie[];
  readonly budgets: Budgets;
}

/** What the first look at the host shows, which decides how to proceed. */
export interface Stock {
  /** Whether a service or a container of the app exists. */
  readonly isDeployed: boolean;
  /** Whether a foreign object claims to be the app's: acting by the app's name would remove it too. */
  readonly hasStrangers: boolean;
}

/** What the Swarm's other nodes answered. */
export interface NodesAnswer {
  /** What of the app is still there. Each name says on which node. */
  readonly residue: readonly Residue[];
  readonly unasked: readonly UnaskedNode[];
}

export interface TeardownContext extends TeardownInput {
  readonly residue: readonly Residue[];
  /** What the other nodes said in the last round. */
  readonly nodes: NodesAnswer;
  /** How many rounds of removal there were; the second is the last. */
  readonly rounds: number;
  /** Whether docker itself was asked to remove the services: nothing stronger is left to try. */
  readonly forced: boolean;
  /** One line for each step that failed or overran, for the log and the report. */
  readonly troubles: readonly string[];
}

export interface TeardownOutput {
  readonly cleanliness: Cleanliness;
  readonly troubles: readonly string[];
}
