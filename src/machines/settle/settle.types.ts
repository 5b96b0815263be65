import type { Budgets } from "../budgets.js";
import type { SteadyStack } from "../convergence/judge-steady.js";
import type { AskedOfAll, StackWatch } from "../convergence/stack-watch.js";
import type { ServiceSnapshot, StackSnapshot } from "../convergence/stack.types.js";
import type { TimeEvent } from "../time-left.js";
import type { App, Failure, RecipeSettings } from "../vocabulary.js";

/** What the watch of a stack reports. */
export type StackEvent =
  /** One look. `services` is null if only time has passed since the last one. */
  | { readonly type: "stack.seen"; readonly at: number; readonly services: readonly ServiceSnapshot[] | null }
  | { readonly type: "stack.unreadable"; readonly failure: Failure };

/** What the probe of the app reports. */
export type ProbeEvent =
  /** Sent once for each address and reason, not for each try. */
  | { readonly type: "probe.tried"; readonly tried: ProbeTry }
  /** The app answered often enough in a row. */
  | { readonly type: "probe.answered"; readonly url: string }
  /** Waiting cannot help: there is no address to ask. */
  | { readonly type: "probe.hopeless"; readonly failure: Failure };

export interface ProbeTry {
  /** The address that was asked, or what there was instead of one. */
  readonly address: string;
  /** Why that did not count as an answer of the app. */
  readonly why: string;
  /** What to do about it, if that is known. */
  readonly hint: string | null;
}

export type SettleEvent = StackEvent | ProbeEvent | TimeEvent;

export interface SettleInput {
  readonly app: App;
  readonly settings: RecipeSettings;
  readonly budgets: Budgets;
  /** What the stack has to settle after, for the message: `its deploy`. */
  readonly during: string;
  /** What the services should be asked to be; null: as the first look finds them. */
  readonly asked: AskedOfAll | null;
}

export interface SettleContext extends SettleInput {
  /** Everything seen of the stack, so that a timeout can say what was still missing. */
  readonly watch: StackWatch;
  /** The look at which it had settled: from then on its tasks must stay. */
  readonly settled: StackSnapshot | null;
  /** Why the last look failed; a timeout is then not the app's fault. null: it did not fail. */
  readonly unreadable: Failure | null;
  /** Set once, on the way into the final state. */
  readonly failure: Failure | null;
  readonly url: string | null;
  /** The last try to reach the app. */
  readonly tried: ProbeTry | null;
}

/** An app that answers, and the stack as it was when it settled. */
export interface Up {
  readonly url: string;
  readonly stack: SteadyStack;
}

export type SettleOutput = ({ readonly kind: "up" } & Up) | { readonly kind: "failed"; readonly failure: Failure };
