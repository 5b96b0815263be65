import { asFailure, bugHint, withEvidence, type Evidence } from "../errors.js";
import { isOutOfTime } from "../out-of-time.js";
import type { Cleanliness, ExitCode, Failure, StopCause, Verdict } from "../vocabulary.js";

/** The exit code after each kind of stop. */
export const stopCodes = {
  HUP: 129,
  INT: 130,
  deadline: 142,
  TERM: 143,
  parent: 143,
  epipe: 143,
  "lost-lock": 75,
} as const satisfies Record<StopCause, ExitCode>;

/** The verdict of a run that settled none: no verdict means red, and the bug is ours. */
export const noVerdict: Verdict = {
  kind: "failed",
  failure: asFailure({ code: "no-verdict", message: "the run ended without a verdict", hint: bugHint }),
};

/** The verdict of a run in which something failed. If it failed for lack of time, the deadline stopped the run. */
export const verdictBy = (failure: Failure): Verdict =>
  isOutOfTime(failure) ? { kind: "stopped", cause: "deadline", cut: failure } : { kind: "failed", failure };

/** The failure behind a verdict; null if nothing failed or was cut short. */
export const failureOf = (verdict: Verdict): Failure | null => {
  switch (verdict.kind) {
    case "passed":
      return null;
    case "failed":
      return verdict.failure;
    case "stopped":
      return verdict.cut ?? null;
  }
};

/**
 * The only place where verdict and cleanliness meet. A passed run that left residue, or that could not look everywhere, is red on purpose.
 */
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

/** The verdict as reported: with the evidence that was read after it was settled. */
export const verdictOf = ({ verdict, evidence }: { readonly verdict: Verdict | null; readonly evidence: Evidence | null }): Verdict => {
  const told = verdict ?? noVerdict;
  if (told.kind !== "failed" || evidence === null) return told;
  return { kind: "failed", failure: withEvidence(told.failure, evidence) };
};
