import type { Plan } from "../../machines/plan.js";
import type { Failure, TestResult, Verdict, TierOutcome } from "../../machines/vocabulary.js";
import { redact } from "../redact.js";
import type { LintReport, Observed } from "./observed.js";
import type { Told } from "./report-input.js";
import type { TierReport } from "./tier-report.js";

const failureOf = (failure: Failure): Failure => ({
  ...failure,
  message: redact(failure.message),
  hint: redact(failure.hint),
  details: failure.details.map(redact),
});

const verdictOf = (verdict: Verdict): Verdict => {
  switch (verdict.kind) {
    case "passed":
      return verdict;
    case "failed":
      return { ...verdict, failure: failureOf(verdict.failure) };
    case "stopped":
      return verdict.cut === undefined ? verdict : { ...verdict, cut: failureOf(verdict.cut) };
  }
};

const outcomeOf = (outcome: TierOutcome): TierOutcome => {
  switch (outcome.kind) {
    case "pass":
      return outcome;
    case "skip":
      return { ...outcome, reason: redact(outcome.reason) };
    case "fail":
    case "unverified":
      return { ...outcome, failure: failureOf(outcome.failure) };
  }
};

const testOf = (test: TestResult): TestResult => ({
  ...test,
  name: redact(test.name),
  message: test.message === null ? null : redact(test.message),
});

const tierOf = (report: TierReport): TierReport => ({ ...report, outcome: outcomeOf(report.outcome), tests: report.tests.map(testOf) });

const lintOf = (lint: LintReport): LintReport =>
  lint.kind === "not-run"
    ? { ...lint, why: redact(lint.why) }
    : { ...lint, rules: lint.rules.map((rule) => ({ ...rule, rule: redact(rule.rule), resolve: redact(rule.resolve) })) };

const observedOf = ({ lint, screenshotTrouble, ...rest }: Observed): Observed => ({
  ...rest,
  lint: lint === null ? null : lintOf(lint),
  screenshotTrouble: screenshotTrouble === null ? null : redact(screenshotTrouble),
});

const planOf = (plan: Plan): Plan => ({ ...plan, skips: plan.skips.map((skip) => ({ ...skip, reason: redact(skip.reason) })) });

/** The same without any known secret: whoever wrote a message may not have known the secret yet. */
export const redactTold = (told: Told): Told => ({
  ...told,
  verdict: verdictOf(told.verdict),
  url: told.url === null ? null : redact(told.url),
  tiers: told.tiers.map(tierOf),
  plan: told.plan === null ? null : planOf(told.plan),
  slips: told.slips.map((slip) => ({ ...slip, file: redact(slip.file), sentence: redact(slip.sentence) })),
  observed: observedOf(told.observed),
});
