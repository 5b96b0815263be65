import type { Budgets } from "../budgets.js";
import type { SteadyStack } from "../convergence/judge-steady.js";
import type { StackWatch } from "../convergence/stack-watch.js";
import type { ServiceSnapshot, StackSnapshot } from "../convergence/stack.types.js";
import type { TimeEvent } from "../time-left.js";
import type { App, Failure, RecipeSettings } from "../vocabulary.js";

/** What watching a stack says. */
export type StackEvent =
  /** One look. `services` is null where nothing has changed since the last one but the time. */
  | { readonly type: "stack.seen"; readonly at: number; readonly services: readonly ServiceSnapshot[] | null }
  | { readonly type: "stack.unreadable"; readonly failure: Failure };

/** What came of asking the app. */
export type ProbeEvent =
  /** Said once for each address and reason, not for each try. */
  | { readonly type: "probe.tried"; readonly tried: ProbeTry }
  /** It answered often enough in a row. */
  | { readonly type: "probe.answered"; readonly url: string }
  /** No waiting helps: there is no address to ask. */
  | { readonly type: "probe.hopeless"; readonly failure: Failure };

export interface ProbeTry {
  /** What was asked, or what there was instead of an address. */
  readonly address: string;
  /** Why that was no answer of the app. */
  readonly why: string;
  /** What to do about it, where that is known. */
  readonly hint: string | null;
}

export type SettleEvent = StackEvent | ProbeEvent | TimeEvent;

export interface SettleInput {
  readonly app: App;
  readonly settings: RecipeSettings;
  readonly budgets: Budgets;
}

export interface SettleContext extends SettleInput {
  /** All that was seen of the stack, so that a timeout can say what was still missing. */
  readonly watch: StackWatch;
  /** The look at which it had settled; from there on its tasks must stay. */
  readonly settled: StackSnapshot | null;
  /** Why the stack could not be looked at lately; a timeout is then not the app's fault. */
  readonly unreadable: Failure | null;
  /** Set once, with the state that ends the machine. */
  readonly failure: Failure | null;
  readonly url: string | null;
  /** What the last try to reach the app came to. */
  readonly tried: ProbeTry | null;
}

/** An app that answers, and the stack as it had settled. */
export interface Up {
  readonly url: string;
  readonly stack: SteadyStack;
}

export type SettleOutput = ({ readonly kind: "up" } & Up) | { readonly kind: "failed"; readonly failure: Failure };
