import type { TestResult, Tier } from "../../machines/vocabulary.js";
import type { Manifest } from "../recipe/manifest.js";

/** One rule from the table of `abra recipe lint`. */
export interface LintRule {
  /** `R007`. */
  readonly ref: string;
  readonly rule: string;
  /** abra's word in lower case: `warn`, `error`. */
  readonly severity: string;
  readonly satisfied: "yes" | "no" | "skipped";
  /** What abra says to do about it. */
  readonly resolve: string;
}

export type LintReport = { readonly kind: "ran"; readonly rules: readonly LintRule[] } | { readonly kind: "not-run"; readonly why: string };

/** What one service of the app used: bytes, and busy processors (1.5: one and a half). */
export interface Usage {
  readonly memoryBytes: number;
  readonly processors: number;
}

export interface ServiceUsage {
  readonly service: string;
  /** When the app was up and nobody had sent it requests yet. */
  readonly rest: Usage;
  /** The highest value seen of each figure. */
  readonly peak: Usage;
}

/** What is known of a tier that was entered, however it ended. */
export interface TierSeen {
  readonly tier: Tier;
  /** From its first hook to its last. */
  readonly durationMs: number;
  /** The tests that ended. */
  readonly tests: readonly TestResult[];
  /** If the tier was cut during its tests, the others. */
  readonly left: readonly TestResult[];
}

/** What a run finds out besides its verdict, which it cannot change. null or empty: it could not be found out. */
export interface Observed {
  readonly lint: LintReport | null;
  readonly usage: readonly ServiceUsage[];
  /** In the order in which they were entered. */
  readonly tiers: readonly TierSeen[];
  /** The picture's name in the run's folder. */
  readonly screenshot: string | null;
  /** Why a screenshot was tried and failed. */
  readonly screenshotTrouble: string | null;
  /** What the run resolved for its recipe, masked. */
  readonly customization: Manifest | null;
}

export const nothingObserved: Observed = {
  lint: null,
  usage: [],
  tiers: [],
  screenshot: null,
  screenshotTrouble: null,
  customization: null,
};
