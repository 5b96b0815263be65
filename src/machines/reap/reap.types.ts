import type { Budgets } from "../budgets.js";
import type { Cleanliness, Cookie, Domain, LockCard, StackName } from "../vocabulary.js";

/** A run app that something on the host still mentions, and what mentions it. */
export interface Candidate {
  readonly domain: Domain;
  readonly stack: StackName;
  /** e.g. `service`, `volume`, `env`, `lock file`. */
  readonly seenAs: readonly string[];
  /** The operator named it and answers for it: no sign of a run is needed. */
  readonly adopted: boolean;
}

/** What the probe of an app's lock found. */
export type Probe =
  /** Nobody held it, and now we do: the app is an orphan. `cookies`: those of the runs that left it. */
  | { readonly kind: "orphan"; readonly cookies: readonly Cookie[]; readonly card: LockCard | null }
  | { readonly kind: "held"; readonly card: LockCard | null; readonly heldMs: number | null }
  /** The file was replaced between our open and our lock: a newer run owns the app. */
  | { readonly kind: "replaced" }
  /** The lock file is no file or not readable, or its folder does not exist. */
  | { readonly kind: "unusable"; readonly reason: string }
  /** We hold its lock, but nothing shows that a run made the app; or what is left was somebody else's before the run. */
  | { readonly kind: "unclaimed"; readonly what: readonly string[] }
  /** Reaping failed too often lately: it is not tried again before this moment, ISO 8601. */
  | { readonly kind: "postponed"; readonly until: string; readonly failures: number };

export interface ReapInput {
  readonly candidate: Candidate;
  readonly dryRun: boolean;
  readonly budgets: Budgets;
}

export type ReapOutcome =
  | { readonly kind: "reaped" }
  /** A dry run: the app would have been reaped. */
  | { readonly kind: "would-reap" }
  /** The name has the form of a run app's, but no run made it: shown and left alone. */
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
