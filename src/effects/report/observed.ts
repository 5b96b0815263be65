import type { TestResult, Tier } from "../../machines/vocabulary.js";
import type { Manifest } from "../recipe/manifest.js";

/** One rule of `abra recipe lint`, as its table has it. */
export interface LintRule {
  /** `R007`. */
  readonly ref: string;
  readonly rule: string;
  /** abra's own word, in lower case: `warn`, `error`. */
  readonly severity: string;
  readonly satisfied: "yes" | "no" | "skipped";
  /** What abra says to do about it. */
  readonly resolve: string;
}

export type LintReport =
  | { readonly kind: "ran"; readonly rules: readonly LintRule[] }
  | { readonly kind: "not-run"; readonly why: string };

/** What one service of the app took: bytes, and processors busy (1.5: one and a half). */
export interface Usage {
  readonly memoryBytes: number;
  readonly processors: number;
}

export interface ServiceUsage {
  readonly service: string;
  /** Once the app was up and nobody had asked anything of it yet. */
  readonly rest: Usage;
  /** The most that was seen, each figure for itself. */
  readonly peak: Usage;
}

/** A tier that was entered, as it was seen from outside: that much is known of it, whatever ended it. */
export interface TierSeen {
  readonly tier: Tier;
  /** From its first hook to its last. */
  readonly durationMs: number;
  /** Those that ended. */
  readonly tests: readonly TestResult[];
  /** Where it was cut in its tests: the others. */
  readonly left: readonly TestResult[];
}

/** What a run finds out beside its verdict, which none of it can change. null or empty: it could not be found out. */
export interface Observed {
  readonly lint: LintReport | null;
  readonly usage: readonly ServiceUsage[];
  /** In the order in which they were entered. */
  readonly tiers: readonly TierSeen[];
  /** The picture's name in the run's folder. */
  readonly screenshot: string | null;
  /** Why there is no picture where one was tried. */
  readonly screenshotTrouble: string | null;
  /** What the run resolved for its recipe, masked. */
  readonly customization: Manifest | null;
}

export const nothingObserved: Observed = { lint: null, usage: [], tiers: [], screenshot: null, screenshotTrouble: null, customization: null };
