import type { Budgets } from "../budgets.js";
import type { Cleanliness, Cookie, Domain, LockCard, StackName } from "../vocabulary.js";

/** A run app that something on the host still mentions, and where. */
export interface Candidate {
  readonly domain: Domain;
  readonly stack: StackName;
  /** e.g. `service`, `volume`, `env`, `lock file`. */
  readonly seenAs: readonly string[];
  /** The operator named it, and answers for it: no sign of a run is asked for. */
  readonly adopted: boolean;
}

/** What a probe of an app's lock found. */
export type Probe =
  /** Nobody holds it and we do now: the app is an orphan. `cookies` of the runs that left it. */
  | { readonly kind: "orphan"; readonly cookies: readonly Cookie[]; readonly card: LockCard | null }
  | { readonly kind: "held"; readonly card: LockCard | null; readonly heldMs: number | null }
  /** The file was replaced between open and lock: a newer run owns the app. */
  | { readonly kind: "replaced" }
  /** Not a file, not readable, no such folder. */
  | { readonly kind: "unusable"; readonly reason: string }
  /** We hold its lock, and nothing says that a run made it; or what is left there was another's before the run. */
  | { readonly kind: "unclaimed"; readonly what: readonly string[] }
  /** Failed too often lately: not before this moment, ISO 8601. */
  | { readonly kind: "postponed"; readonly until: string; readonly failures: number };

export interface ReapInput {
  readonly candidate: Candidate;
  readonly dryRun: boolean;
  readonly budgets: Budgets;
}

export type ReapOutcome =
  | { readonly kind: "reaped" }
  /** Dry run: what would have been reaped. */
  | { readonly kind: "would-reap" }
  /** It has the form of a run's app, and is nobody's run: shown, and left alone. */
  | { readonly kind: "unclaimed"; readonly why: string }
  | { readonly kind: "kept"; readonly why: string; readonly held: boolean; readonly warning: string | null }
  | { readonly kind: "failed"; readonly why: string; readonly cleanliness: Cleanliness };

export interface ReapOutput {
  readonly candidate: Candidate;
  readonly outcome: ReapOutcome;
}

export interface ReapContext extends ReapInput {
  readonly probe: Probe | null;
  readonly cleanliness: Cleanliness | null;
  readonly failure: string | null;
}
