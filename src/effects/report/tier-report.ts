import { tierFailure, testsVerdict } from "../../machines/tier/tier-verdict.js";
import type { Failure, TestResult, Tier, TierResult } from "../../machines/vocabulary.js";
import type { Skip } from "../../machines/plan.js";

/** How a tier went. `unverified`: it should have shown something and did not, which is red. */
export type TierOutcome =
  | { readonly kind: "pass" }
  | { readonly kind: "fail"; readonly failure: Failure }
  | { readonly kind: "skip"; readonly reason: string }
  | { readonly kind: "unverified"; readonly failure: Failure };

/** A tier as all the run's files tell of it. A tier that several deployments went through is there once for each. */
export interface TierReport {
  readonly tier: Tier;
  readonly outcome: TierOutcome;
  readonly tests: readonly TestResult[];
  readonly durationMs: number;
}

const outcomeOf = (result: TierResult): TierOutcome => {
  const failure = (): Failure => tierFailure({ ...result, failure: null });
  switch (testsVerdict(result.tests)) {
    case "passed":
      return { kind: "pass" };
    case "failed":
      return { kind: "fail", failure: failure() };
    case "unverified":
      return { kind: "unverified", failure: failure() };
  }
};

const reportOf = (result: TierResult): TierReport => ({
  tier: result.tier,
  outcome: outcomeOf(result),
  tests: result.tests,
  durationMs: result.tests.reduce((sum, { durationMs }) => sum + durationMs, 0),
});

const skipped = ({ tier, reason }: Skip): TierReport => ({ tier, outcome: { kind: "skip", reason }, tests: [], durationMs: 0 });

/** What was gone through, in that order, and then what was left out on purpose. */
export const tierReports = (results: readonly TierResult[], skips: readonly Skip[]): readonly TierReport[] => [...results.map(reportOf), ...skips.map(skipped)];
