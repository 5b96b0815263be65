import { expect, test } from "vitest";
import type { TierSeen } from "../../../src/effects/report/observed.js";
import { tierReports, type Gone } from "../../../src/effects/report/tier-report.js";
import { cutFailure } from "../../../src/machines/out-of-time.js";
import { outcomeBy } from "../../../src/machines/tier/tier-verdict.js";
import type { TestResult, Tier, TierResult } from "../../../src/machines/vocabulary.js";
import { someFailure } from "../../support/told.js";

const ended: TestResult = { name: "10-passes", outcome: "passed", durationMs: 5, message: null };
const left: readonly TestResult[] = [
  { name: "20-hangs", outcome: "failed", durationMs: 700, message: "cut off before its end" },
  { name: "30-later", outcome: "skipped", durationMs: 0, message: "not run" },
];

const passed = (tier: Tier): TierResult => ({ tier, outcome: { kind: "pass" }, tests: [ended] });
const seenAs = (tier: Tier, durationMs: number, given: Partial<TierSeen> = {}): TierSeen => ({
  tier,
  durationMs,
  tests: [ended],
  left: [],
  ...given,
});

const reports = (given: Partial<Gone>) => tierReports({ results: [], skips: [], seen: [], verdict: { kind: "passed" }, ...given });

test("tiers are told in their order, those left out where they would have been, each with the time it took as a whole", () => {
  const told = reports({
    results: [passed("install"), passed("upgrade"), passed("custom")],
    skips: [
      { tier: "backup", kind: "structural", reason: "no labels" },
      { tier: "restore", kind: "structural", reason: "no labels" },
    ],
    seen: [seenAs("install", 900), seenAs("upgrade", 800)],
  });
  expect(told.map(({ tier, durationMs }) => [tier, durationMs])).toEqual([
    ["install", 900],
    ["upgrade", 800],
    ["backup", 0],
    ["restore", 0],
    ["custom", 5],
  ]);
});

test("a tier that came to no tests as a whole has those that ended, and of the others each says what cut it", () => {
  const failure = cutFailure("the custom tier", 8_000, "its tests did not end in that");
  const [report] = reports({
    results: [{ tier: "custom", outcome: outcomeBy(failure), tests: [] }],
    seen: [seenAs("custom", 900, { left })],
    verdict: { kind: "stopped", cause: "deadline", cut: failure },
  });
  expect(report?.tests.map(({ name, outcome, durationMs, message }) => [name, outcome, durationMs, message])).toEqual([
    ["10-passes", "passed", 5, null],
    ["20-hangs", "failed", 700, `cut off before its end: ${failure.message}`],
    ["30-later", "skipped", 0, `not run: ${failure.message}`],
  ]);
  expect(report?.outcome.kind).toBe("unverified");
});

test("when a stop ends a tier, it is listed as unverified, by the stop, after the finished tiers", () => {
  const told = reports({
    results: [passed("install")],
    seen: [seenAs("install", 900), seenAs("custom", 800, { left })],
    verdict: { kind: "stopped", cause: "TERM" },
  });
  expect(told.map(({ tier, durationMs }) => [tier, durationMs])).toEqual([
    ["install", 900],
    ["custom", 800],
  ]);
  expect(told[1]?.outcome).toMatchObject({
    kind: "unverified",
    failure: { code: "stopped", message: "the run was stopped (TERM) in the custom tier", exitCode: 143 },
  });
  expect(told[1]?.tests.map(({ name, message }) => [name, message])).toEqual([
    ["10-passes", null],
    ["20-hangs", "cut off before its end: the run was stopped (TERM) in the custom tier"],
    ["30-later", "not run: the run was stopped (TERM) in the custom tier"],
  ]);
});

test("when a tier's chart breaks, the tier has shown nothing, which is not the recipe's failure", () => {
  const [report] = reports({ seen: [seenAs("install", 900)], verdict: { kind: "failed", failure: someFailure("a bug") } });
  expect(report).toMatchObject({ outcome: { kind: "unverified", failure: { message: "a bug" } }, tests: [ended] });
});
