import type { Budgets } from "../budgets.js";
import type { PreparedApp } from "../deps/deps.types.js";
import type { Evidence } from "../errors.js";
import type { Plan } from "../plan.js";
import type { Slip } from "../slip.js";
import type { Up } from "../settle/settle.types.js";
import type { Facts } from "../tier/facts.js";
import type {
  App,
  Cleanliness,
  Cookie,
  ExitCode,
  Failure,
  LockCard,
  RecipeSettings,
  Residue,
  RunId,
  StopCause,
  Tier,
  TierResult,
  Verdict,
} from "../vocabulary.js";

export type StopEvent = { readonly type: "stop"; readonly cause: StopCause };

export type LockEvent =
  /** Someone else has the lock. Sent again when the holder or its state changes. */
  | { readonly type: "lock.busy"; readonly card: LockCard }
  /** The lock is ours until the process ends. `previous`: the card of a holder that did not clean up. */
  | { readonly type: "lock.held"; readonly previous: LockCard | null }
  /** The lock's path now names another file: somebody else may hold that. */
  | { readonly type: "lock.lost" }
  | { readonly type: "lock.failed"; readonly failure: Failure };

export type RunEvent = StopEvent | LockEvent;

/** `failure`: only if the run failed. */
export const holds = ["never", "failure", "always"] as const;
export type Hold = (typeof holds)[number];

export interface RunInput {
  readonly runId: RunId;
  readonly recipe: string;
  /** A clone URL, a repository or a folder; null: the recipe's own repository. */
  readonly source: string | null;
  /** null: the source's main branch. */
  readonly ref: string | null;
  readonly pr: number;
  readonly zone: string;
  readonly tiers: readonly Tier[];
  /** Counted from the launcher's start. ms */
  readonly deadlineMs: number;
  /** When the deadline is over, by the clock of this process (`performance.now()`). Computed once; every remaining time comes from it. */
  readonly deadlineAt: number;
  readonly lockTimeoutMs: number;
  /** Whether the app is kept for inspection before it is torn down. */
  readonly hold: Hold;
  readonly budgets: Budgets;
}

/** What prepare has settled before anything outside the run's folder is touched. */
export interface Prepared {
  readonly app: App;
  readonly settings: RecipeSettings;
  /** The apps that must run first, in the order of deployment. */
  readonly deps: readonly PreparedApp[];
  readonly plan: Plan;
  /** What the packager forgot, as far as the recipe's files show. None of them is deadly: a recipe with a deadly slip is rejected. */
  readonly slips: readonly Slip[];
}

/** What exists under the app's name before the run has done anything. */
export interface Remains {
  /** Left by a dead run of this app. */
  readonly residue: readonly Residue[];
  /** It carries the app's name, but nothing shows that a run made it: the run may neither remove it nor deploy over it. */
  readonly unclaimed: readonly Residue[];
  readonly cookies: readonly Cookie[];
}

/** An app that is up, and the facts that the tiers have added so far. */
export interface Deployment {
  readonly up: Up;
  readonly facts: Facts;
}

export interface RunContext extends RunInput {
  /** Present from `holding` on. */
  readonly prepared: Prepared | null;
  readonly holder: LockCard | null;
  /** What was found of the app that is being recovered. */
  readonly remains: Remains | null;
  /** How many of the run's apps have been recovered. */
  readonly recovered: number;
  /** The current round of the plan, from 0. */
  readonly round: number;
  /** The deployment of this round once it is up, with what was done to it since; null before. */
  readonly deployment: Deployment | null;
  /** The facts of the round before; null in the first round. */
  readonly factsBefore: Facts | null;
  /** The tiers of this round that have not been run. */
  readonly tiersLeft: readonly Tier[];
  readonly results: readonly TierResult[];
  /** The first verdict stands. None at the end means red. */
  readonly verdict: Verdict | null;
  /** The last log lines of what was not as it should be when the tests failed. */
  readonly evidence: Evidence | null;
  readonly cleanliness: Cleanliness;
  /** Stops that came when nothing could be stopped any more, for the log. */
  readonly ignored: readonly string[];
}

export interface RunOutput {
  readonly verdict: Verdict;
  readonly cleanliness: Cleanliness;
  readonly exitCode: ExitCode;
}
