import type { LintReport } from "../../src/effects/report/observed.js";
import { nothingObserved } from "../../src/effects/report/observed.js";
import type { Told } from "../../src/effects/report/report-input.js";
import { levelOf, rungStatuses } from "../../src/effects/report/rungs.js";
import type { TierReport } from "../../src/effects/report/tier-report.js";
import { asFailure } from "../../src/machines/errors.js";
import type { Plan } from "../../src/machines/plan.js";
import type { Failure, Tier, TierOutcome } from "../../src/machines/vocabulary.js";
import { sampleRecord } from "./run-record.js";

export const someFailure = (message = "it broke"): Failure => asFailure({ code: "tier-failed", message, hint: "look", details: [] });

const outcomes = {
  pass: { kind: "pass" },
  fail: { kind: "fail", failure: someFailure() },
  skip: { kind: "skip", reason: "only one version is published" },
  unverified: { kind: "unverified", failure: someFailure("nothing was asserted") },
} as const satisfies Record<TierOutcome["kind"], TierOutcome>;

/** The report of a tier with this outcome and, by default, no tests. */
export const tierOf = (tier: Tier, kind: TierOutcome["kind"] = "pass", tests: TierReport["tests"] = []): TierReport => ({
  tier,
  outcome: outcomes[kind],
  tests,
  durationMs: 1_500,
});

export const cleanLint: LintReport = {
  kind: "ran",
  rules: [{ ref: "R001", rule: "compose config has expected version", severity: "warn", satisfied: "yes", resolve: "" }],
};

/** The report's input for a passed run without tiers, except for the fields given. */
export const toldOf = (given: Partial<Told> = {}): Told => {
  const { tiers = [], plan = null, slips = [], observed = nothingObserved } = given;
  const rungs = rungStatuses({ reports: tiers, skips: plan?.skips ?? [], lint: observed.lint, slips });
  return {
    app: null,
    record: sampleRecord,
    verdict: { kind: "passed" },
    cleanliness: { kind: "clean" },
    url: "https://note.example.com",
    now: Date.parse("2026-01-01T00:00:04.000Z"),
    plan,
    slips,
    tiers,
    observed,
    rungs,
    level: levelOf(rungs),
    ...given,
  };
};

export const planSkipping = (...skips: Plan["skips"]): Plan => ({
  rounds: [{ deploys: { tag: null, commit: "c".repeat(40) }, tiers: ["install"] }],
  skips,
});
