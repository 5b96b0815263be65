import type { Cleanliness, ExitCode, StopCause, TierResult, Verdict, Failure } from "../vocabulary.js";

const stopCodes: Record<StopCause, ExitCode> = {
  HUP: 129,
  INT: 130,
  deadline: 142,
  TERM: 143,
  parent: 143,
  epipe: 143,
  "lost-lock": 75,
};

/** A run that settled nothing failed, by our own fault: no verdict means red. */
export const noVerdict: Verdict = {
  kind: "failed",
  failure: {
    code: "no-verdict",
    message: "the run ended without a verdict",
    hint: "This is a bug of recipe-ci. Report it with the run's log.",
    exitCode: 70,
    details: [],
  },
};

/** The one place where verdict and cleanliness meet: a passed run that left residue, or that could not look everywhere, is red on purpose. */
export const exitCodeFor = (verdict: Verdict, cleanliness: Cleanliness): ExitCode => {
  switch (verdict.kind) {
    case "passed":
      return cleanliness.kind === "dirty" || cleanliness.kind === "unverified" ? 3 : 0;
    case "failed":
      return verdict.failure.exitCode;
    case "stopped":
      return stopCodes[verdict.cause];
  }
};

/** A failed tier as a failure: its own if it could not be carried out, else the tests that failed. */
export const tierFailure = (result: TierResult & { readonly failure: Failure | null }): Failure => {
  if (result.failure !== null) return result.failure;
  const failed = result.tests.filter((test) => test.outcome === "failed");
  return {
    code: "tier-failed",
    message:
      result.tests.length === 0
        ? `the ${result.tier} tier had nothing to assert`
        : `${failed.length} of ${result.tests.length} ${result.tier} tests failed`,
    hint:
      result.tests.length === 0
        ? `Put an executable into the recipe's tests/${result.tier}, or leave the tier out with --stages.`
        : "The output of each failed test is in the run's log and in junit.xml.",
    exitCode: 1,
    details: failed.flatMap((test) => [test.name, ...(test.message ?? "").split("\n").slice(-8).map((line) => `  ${line}`)]),
  };
};
