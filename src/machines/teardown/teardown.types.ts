import type { Budgets } from "../budgets.js";
import type { Cleanliness, Cookie, Domain, Residue, StackName, UnaskedNode } from "../vocabulary.js";

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

/** What a first look at the host says about the way to go. */
export interface Stock {
  /** A service or a container of the app is there. */
  readonly isDeployed: boolean;
  /** Something foreign says that it is the app's: whoever acts by the app's name would take it along. */
  readonly hasStrangers: boolean;
}

/** What became of the Swarm's other nodes. */
export interface NodesAnswer {
  /** Of the app, and still there: the node is in its name. */
  readonly residue: readonly Residue[];
  readonly unasked: readonly UnaskedNode[];
}

export interface TeardownContext extends TeardownInput {
  readonly residue: readonly Residue[];
  /** What the other nodes said in the last round. */
  readonly nodes: NodesAnswer;
  /** How often removal went round; the second round is the last. */
  readonly rounds: number;
  /** Docker was asked to remove the services: there is nothing stronger left to ask for. */
  readonly forced: boolean;
  /** One line for each step that abra or docker refused, for the log and the report. */
  readonly troubles: readonly string[];
}

export interface TeardownOutput {
  readonly cleanliness: Cleanliness;
  readonly troubles: readonly string[];
}
