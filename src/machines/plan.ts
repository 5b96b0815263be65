import type { Tier } from "./vocabulary.js";

/** One state of the recipe's repository: a published version, or the ref under test. */
export interface Version {
  /** null: not published under a tag. */
  readonly tag: string | null;
  /** Full. */
  readonly commit: string;
}

/** One deployment and what it is put through. An upgrade begins with a base; every further base is a round of its own. */
export interface Round {
  /** What is deployed first. Not the ref under test where the round has an upgrade. */
  readonly deploys: Version;
  /** In order. */
  readonly tiers: readonly Tier[];
  /** What was done in the round before still holds: its backup is restored into the app that this one makes anew. */
  readonly keepsFacts?: true;
}

/** A tier that was asked for and is not entered, and why: `declared` in recipe.yml, or `structural`, by what the recipe is. */
export interface Skip {
  readonly tier: Tier;
  readonly kind: "declared" | "structural";
  readonly reason: string;
}

/** Which way a run goes. Known, and said, before anything is deployed. */
export interface Plan {
  /** At least one; the last one ends with the ref under test. */
  readonly rounds: readonly Round[];
  readonly skips: readonly Skip[];
}
