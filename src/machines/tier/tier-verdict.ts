import { asFailure } from "../errors.js";
import { isOutOfTime } from "../out-of-time.js";
import type { Failure, TestResult, Tier, TierOutcome } from "../vocabulary.js";

const unverified = (tier: Tier, tests: readonly TestResult[]): Failure =>
  asFailure({
    code: "tier-unverified",
    message:
      tests.length === 0
        ? `the ${tier} tier had nothing to assert`
        : `all ${tests.length} tests of the ${tier} tier were skipped: nothing was asserted`,
    hint:
      tests.length === 0
        ? `Put an executable (chmod +x) into tests/${tier} of the operator's folder for the recipe, or leave the tier out by --stages or stages in recipe.yml.`
        : `Find out why they skip themselves (their output is below), or leave the tier out with --stages.`,
    details: tests.flatMap(({ name, message }) => [
      name,
      ...(message ?? "")
        .split("\n")
        .slice(-4)
        .map((line) => `  ${line}`),
    ]),
  });

const failed = (tier: Tier, tests: readonly TestResult[]): Failure => {
  const those = tests.filter(({ outcome }) => outcome === "failed");
  return asFailure({
    code: "tier-failed",
    message: `${those.length} of ${tests.length} ${tier} tests failed`,
    hint: "The output of each failed test is in the run's log and in junit.xml.",
    details: those.flatMap((test) => [
      test.name,
      ...(test.message ?? "")
        .split("\n")
        .slice(-8)
        .map((line) => `  ${line}`),
    ]),
  });
};

/** The outcome of a tier after a failure. If it ran out of the run's time, it has shown nothing. */
export const outcomeBy = (failure: Failure): TierOutcome => ({ kind: isOutOfTime(failure) ? "unverified" : "fail", failure });

/** The only rule for when a tier has passed: at least one of its assertions held, and none failed. */
export const outcomeOf = (tier: Tier, tests: readonly TestResult[]): TierOutcome => {
  if (tests.some(({ outcome }) => outcome === "failed")) return { kind: "fail", failure: failed(tier, tests) };
  if (tests.some(({ outcome }) => outcome === "passed")) return { kind: "pass" };
  return { kind: "unverified", failure: unverified(tier, tests) };
};
