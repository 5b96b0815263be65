import type { Tier } from "./vocabulary.js";

/** One state of the recipe's repository: a published version, or the ref under test. */
export interface Version {
  /** null: not published under a tag. */
  readonly tag: string | null;
  /** The full hash. */
  readonly commit: string;
}

/** One deployment and the tiers it is put through. An upgrade starts from a base; each further base is a round of its own. */
export interface Round {
  /** What is deployed first: if the round has an upgrade, the base of it and not the ref under test. */
  readonly deploys: Version;
  /** In the order in which they run. */
  readonly tiers: readonly Tier[];
  /** The facts of the round before still hold: its backup is restored into the app that this round creates anew. */
  readonly keepsFacts?: true;
}

/** A requested tier that is not run, and why: `declared` in recipe.yml, or `structural`, because of what the recipe is. */
export interface Skip {
  readonly tier: Tier;
  readonly kind: "declared" | "structural";
  readonly reason: string;
}

/** What a run will do. It is known, and printed, before anything is deployed. */
export interface Plan {
  /** At least one; the last one ends with the ref under test. */
  readonly rounds: readonly Round[];
  readonly skips: readonly Skip[];
}
