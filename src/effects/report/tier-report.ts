import type { Skip } from "../../machines/plan.js";
import { stopCodes } from "../../machines/run/verdict.js";
import { tiers, type TestResult, type Tier, type TierOutcome, type TierResult, type Verdict } from "../../machines/vocabulary.js";
import type { TierSeen } from "./observed.js";

/** A tier as all the run's files report it. A tier of several deployments appears once for each. */
export interface TierReport {
  readonly tier: Tier;
  readonly outcome: TierOutcome;
  readonly tests: readonly TestResult[];
  readonly durationMs: number;
}

/** Whether the failed tests say everything about why the tier failed. */
export const isToldByTests = ({ outcome, tests }: TierReport): boolean =>
  outcome.kind === "fail" && outcome.failure.code === "tier-failed" && tests.some((test) => test.outcome === "failed");

const testsMs = (tests: readonly TestResult[]): number => tests.reduce((sum, { durationMs }) => sum + durationMs, 0);

const whyCut = (outcome: TierOutcome): string => ("failure" in outcome ? outcome.failure.message : "the tier ended");

/** If the tests as a whole came to no result, each that ended still counts, and the others say what cut them. */
const testsOf = ({ outcome, tests }: TierResult, seen: TierSeen | null): readonly TestResult[] => {
  if (tests.length > 0 || seen === null) return tests;
  return [...seen.tests, ...seen.left.map((test) => ({ ...test, message: `${test.message}: ${whyCut(outcome)}` }))];
};

/** If its own time is not known, a tier took at least as long as its tests. */
const reportOf = (result: TierResult, at: TierSeen | undefined): TierReport => {
  const seen = at?.tier === result.tier ? at : null;
  const tests = testsOf(result, seen);
  return { tier: result.tier, outcome: result.outcome, tests, durationMs: seen?.durationMs ?? testsMs(tests) };
};

/** The outcome of a tier that the end of the run cut: it has shown nothing. */
const outcomeByEnd = (tier: Tier, verdict: Verdict): TierOutcome | null => {
  switch (verdict.kind) {
    case "passed":
      return null;
    case "failed":
      return { kind: "unverified", failure: verdict.failure };
    case "stopped": {
      const message = `the run was stopped (${verdict.cause}) in the ${tier} tier`;
      return {
        kind: "unverified",
        failure: {
          code: "stopped",
          message,
          hint: "Run it again: what the tier shows is not known.",
          exitCode: stopCodes[verdict.cause],
          details: [],
        },
      };
    }
  }
};

/** The tier that was entered and did not end by itself. */
const stoppedOf = (seen: TierSeen | undefined, verdict: Verdict): readonly TierReport[] => {
  const outcome = seen === undefined ? null : outcomeByEnd(seen.tier, verdict);
  return seen === undefined || outcome === null ? [] : [reportOf({ tier: seen.tier, outcome, tests: [] }, seen)];
};

const skipped = ({ tier, reason }: Skip): TierReport => ({ tier, outcome: { kind: "skip", reason }, tests: [], durationMs: 0 });

export interface Gone {
  readonly results: readonly TierResult[];
  readonly skips: readonly Skip[];
  /** In the order of the results, and one more if the run's end cut the last tier. */
  readonly seen: readonly TierSeen[];
  readonly verdict: Verdict;
}

/** The tiers that were run, in order, each skipped tier before the first one that would have followed it. */
export const tierReports = ({ results, skips, seen, verdict }: Gone): readonly TierReport[] => {
  const reports = [...results.map((result, index) => reportOf(result, seen[index])), ...stoppedOf(seen[results.length], verdict)];
  return skips.map(skipped).reduce((all, skip) => {
    const at = all.findIndex(({ tier }) => tiers.indexOf(tier) > tiers.indexOf(skip.tier));
    return all.toSpliced(at === -1 ? all.length : at, 0, skip);
  }, reports);
};
