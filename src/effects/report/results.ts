import { testsVerdict } from "../../machines/tier/tier-verdict.js";
import type { RunRecordFile } from "../record/run-record.js";
import type { ReportInput } from "./report-input.js";

/** results.json in the predecessor's schema 2, as far as this version knows: what has no value yet is left out, not made up. */
export const results = (record: RunRecordFile, input: ReportInput): Readonly<Record<string, unknown>> => ({
  schema: 2,
  recipe: record.recipe,
  ref: input.app?.commit ?? record.ref,
  pr: record.pr,
  run_id: record.runId,
  mode: "cold",
  verdict: input.verdict.kind,
  failure: input.verdict.kind === "failed" ? input.verdict.failure : null,
  stages: Object.fromEntries(
    input.results.map(({ tier, tests }) => [
      tier,
      {
        status: { passed: "pass", failed: "fail", unverified: "unverified" }[testsVerdict(tests)],
        tests: tests.map(({ name, outcome, durationMs, message }) => ({ name, outcome, duration: durationMs / 1_000, message })),
      },
    ]),
  ),
  flags: { clean_teardown: input.cleanliness.kind === "clean" },
  deploys: record.deploys,
  finished: new Date().toISOString(),
});
