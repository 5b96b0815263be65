import { asFailure } from "../errors.js";
import type { Failure, TestResult, TierResult } from "../vocabulary.js";

/** How a tier went. `unverified`: nothing failed and nothing was shown either, which is red. */
export type TierVerdict = "passed" | "failed" | "unverified";

/** The one rule for when a set of assertions passed: at least one held, and none failed. */
export const testsVerdict = (tests: readonly Pick<TestResult, "outcome">[]): TierVerdict => {
  if (tests.some(({ outcome }) => outcome === "failed")) return "failed";
  return tests.some(({ outcome }) => outcome === "passed") ? "passed" : "unverified";
};

/** The same for a tier, which may also have failed before its tests. */
export const tierVerdict = ({ tests, failure }: Pick<TierResult, "tests"> & { readonly failure: Failure | null }): TierVerdict =>
  failure === null ? testsVerdict(tests) : "failed";

const unverified = ({ tier, tests }: TierResult): Failure => asFailure({
  code: "tier-unverified",
  message: tests.length === 0 ? `the ${tier} tier had nothing to assert` : `all ${tests.length} tests of the ${tier} tier were skipped: nothing was asserted`,
  hint:
    tests.length === 0
      ? `Put an executable into the recipe's tests/${tier}, or leave the tier out with --stages.`
      : `Find out why they skip themselves (their output is below), or leave the tier out with --stages.`,
  details: tests.flatMap(({ name, message }) => [name, ...(message ?? "").split("\n").slice(-4).map((line) => `  ${line}`)]),
});

/** A tier that did not pass as a failure: its own if it could not be carried out, else the tests that failed. */
export const tierFailure = (result: TierResult & { readonly failure: Failure | null }): Failure => {
  if (result.failure !== null) return result.failure;
  const failed = result.tests.filter((test) => test.outcome === "failed");
  if (failed.length === 0) return unverified(result);
  return asFailure({
    code: "tier-failed",
    message: `${failed.length} of ${result.tests.length} ${result.tier} tests failed`,
    hint: "The output of each failed test is in the run's log and in junit.xml.",
    details: failed.flatMap((test) => [test.name, ...(test.message ?? "").split("\n").slice(-8).map((line) => `  ${line}`)]),
  });
};
