import type { Failure, Verdict } from "../../machines/vocabulary.js";
import { redact } from "../redact.js";
import type { ReportInput } from "./report-input.js";

const failureOf = (failure: Failure): Failure => ({
  ...failure,
  message: redact(failure.message),
  hint: redact(failure.hint),
  details: failure.details.map(redact),
});

const verdictOf = (verdict: Verdict): Verdict => (verdict.kind === "failed" ? { kind: "failed", failure: failureOf(verdict.failure) } : verdict);

/** The same without a word that is known to be secret: whoever made a message may not have known of it yet. */
export const redactInput = (input: ReportInput): ReportInput => ({
  ...input,
  verdict: verdictOf(input.verdict),
  url: input.url === null ? null : redact(input.url),
  results: input.results.map(({ tier, tests }) => ({
    tier,
    tests: tests.map((test) => ({ ...test, name: redact(test.name), message: test.message === null ? null : redact(test.message) })),
  })),
});
