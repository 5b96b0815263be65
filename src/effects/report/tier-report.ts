import { tiers, type TestResult, type Tier, type TierOutcome, type TierResult } from "../../machines/vocabulary.js";
import type { Skip } from "../../machines/plan.js";
import type { TierTime } from "./observed.js";

/** A tier as all the run's files tell of it. A tier that several deployments went through is there once for each. */
export interface TierReport {
  readonly tier: Tier;
  readonly outcome: TierOutcome;
  readonly tests: readonly TestResult[];
  readonly durationMs: number;
}

const testsMs = (tests: readonly TestResult[]): number => tests.reduce((sum, { durationMs }) => sum + durationMs, 0);

/** Without a time of its own a tier took at least what its tests did. */
const reportOf = ({ tier, outcome, tests }: TierResult, time: TierTime | undefined): TierReport => ({
  tier,
  outcome,
  tests,
  durationMs: time?.tier === tier ? time.durationMs : testsMs(tests),
});

const skipped = ({ tier, reason }: Skip): TierReport => ({ tier, outcome: { kind: "skip", reason }, tests: [], durationMs: 0 });

/** What was gone through, in that order, with what was left out on purpose before the first that would have come after it. */
export const tierReports = (results: readonly TierResult[], skips: readonly Skip[], times: readonly TierTime[]): readonly TierReport[] => {
  const reports = results.map((result, index) => reportOf(result, times[index]));
  return skips.map(skipped).reduce((all, skip) => {
    const at = all.findIndex(({ tier }) => tiers.indexOf(tier) > tiers.indexOf(skip.tier));
    return all.toSpliced(at === -1 ? all.length : at, 0, skip);
  }, reports);
};
