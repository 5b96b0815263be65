import type { TestResult, Tier, TierOutcome, TierResult } from "../../machines/vocabulary.js";
import type { Skip } from "../../machines/plan.js";

/** A tier as all the run's files tell of it. A tier that several deployments went through is there once for each. */
export interface TierReport {
  readonly tier: Tier;
  readonly outcome: TierOutcome;
  readonly tests: readonly TestResult[];
  readonly durationMs: number;
}

const reportOf = (result: TierResult): TierReport => ({
  tier: result.tier,
  outcome: result.outcome,
  tests: result.tests,
  durationMs: result.tests.reduce((sum, { durationMs }) => sum + durationMs, 0),
});

const skipped = ({ tier, reason }: Skip): TierReport => ({ tier, outcome: { kind: "skip", reason }, tests: [], durationMs: 0 });

/** What was gone through, in that order, and then what was left out on purpose. */
export const tierReports = (results: readonly TierResult[], skips: readonly Skip[]): readonly TierReport[] => [...results.map(reportOf), ...skips.map(skipped)];
