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
  /** Someone else has the lock; repeated when the holder or its state changes. */
  | { readonly type: "lock.busy"; readonly card: LockCard }
  /** Ours from here to the end of the process. `previous`: the card of a holder that did not clean up. */
  | { readonly type: "lock.held"; readonly previous: LockCard | null }
  /** The path names another file now: somebody else may hold "the" lock. */
  | { readonly type: "lock.lost" }
  | { readonly type: "lock.failed"; readonly failure: Failure };

export type RunEvent = StopEvent | LockEvent;

/** `failure`: only where the run failed. */
export const holds = ["never", "failure", "always"] as const;
export type Hold = (typeof holds)[number];

export interface RunInput {
  readonly runId: RunId;
  readonly recipe: string;
  /** Clone URL, repository or folder; null: the recipe's own repository. */
  readonly source: string | null;
  /** null: the source's main branch. */
  readonly ref: string | null;
  readonly pr: number;
  readonly zone: string;
  readonly tiers: readonly Tier[];
  /** From the launcher's start. ms */
  readonly deadlineMs: number;
  /** When it is over, by the clock of this process (`performance.now()`). Minted once; whoever asks what is left asks it. */
  readonly deadlineAt: number;
  readonly lockTimeoutMs: number;
  /** When the app is kept for a look before it is torn down. */
  readonly hold: Hold;
  readonly budgets: Budgets;
}

/** What prepare settles before anything outside the run's folder is touched. */
export interface Prepared {
  readonly app: App;
  readonly settings: RecipeSettings;
  /** What must run first, in the order of deployment. */
  readonly deps: readonly PreparedApp[];
  readonly plan: Plan;
  /** What the packager forgot, as far as the recipe's files tell. None of them is deadly: such a recipe is not prepared. */
  readonly slips: readonly Slip[];
}

/** What is there under the app's name before the run has done anything. */
export interface Remains {
  /** Left by a dead run of this app. */
  readonly residue: readonly Residue[];
  /** Says that it is the app's, and nothing says that a run made it: not ours to remove, and not to be deployed over. */
  readonly unclaimed: readonly Residue[];
  readonly cookies: readonly Cookie[];
}

/** An app that is up, and what the tiers have done to it so far. */
export interface Deployment {
  readonly up: Up;
  readonly facts: Facts;
}

export interface RunContext extends RunInput {
  /** Present from `holding` on. */
  readonly prepared: Prepared | null;
  readonly holder: LockCard | null;
  /** Of the app that is being recovered. */
  readonly remains: Remains | null;
  /** How many of the run's apps have nothing of an earlier run any more. */
  readonly recovered: number;
  /** Which round of the plan it is in, from 0. */
  readonly round: number;
  /** The deployment of this round once it is up, and what was done to it since; null before. */
  readonly deployment: Deployment | null;
  /** What was done in the round before; null in the first one. */
  readonly factsBefore: Facts | null;
  /** Of this round. */
  readonly tiersLeft: readonly Tier[];
  readonly results: readonly TierResult[];
  /** The first to be settled stands. None at the end means red. */
  readonly verdict: Verdict | null;
  /** Last words of what was not as it should be when the tests failed. */
  readonly evidence: Evidence | null;
  readonly cleanliness: Cleanliness;
  /** Stops that came when nothing could be stopped any more. */
  readonly ignored: readonly string[];
}

export interface RunOutput {
  readonly verdict: Verdict;
  readonly cleanliness: Cleanliness;
  readonly exitCode: ExitCode;
}
