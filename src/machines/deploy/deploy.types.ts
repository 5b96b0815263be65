import type { Budgets } from "../budgets.js";
import type { App, Failure, RecipeSettings } from "../vocabulary.js";

/** One task of a service, as the Swarm reports it. */
export interface TaskSnapshot {
  readonly id: string;
  readonly desired: string;
  readonly state: string;
  readonly error: string | null;
}

/** One service of a stack at one moment. */
export interface ServiceSnapshot {
  readonly name: string;
  readonly wanted: number;
  readonly running: number;
  /** Swarm's UpdateStatus.State; null before the first update. */
  readonly update: string | null;
  /** UpdateStatus.StartedAt, ISO 8601; a state that began before our deploy says nothing about it. */
  readonly updateStartedAt: string | null;
  readonly tasks: readonly TaskSnapshot[];
  /** Last lines of its log, read only once a task has failed; redacted. */
  readonly logTail: readonly string[];
}

export interface StackSnapshot {
  readonly services: readonly ServiceSnapshot[];
}

export type DeployEvent =
  | { readonly type: "stack.seen"; readonly snapshot: StackSnapshot }
  | { readonly type: "stack.unreadable"; readonly failure: Failure };

export interface DeployInput {
  readonly app: App;
  readonly settings: RecipeSettings;
  readonly budgets: Budgets;
}

export interface DeployContext extends DeployInput {
  /** The last snapshot, so that a timeout can say what was still missing. */
  readonly snapshot: StackSnapshot | null;
  /** Why the stack could not be looked at lately; a timeout is then not the app's fault. */
  readonly unreadable: Failure | null;
  readonly images: readonly string[];
  /** Set once, with the state that ends the machine. */
  readonly failure: Failure | null;
  readonly url: string | null;
}

export type DeployOutput =
  | { readonly kind: "up"; readonly url: string }
  | { readonly kind: "failed"; readonly failure: Failure };
