import { assert as forAll, constantFrom, nat, property, tuple } from "fast-check";
import { expect, test } from "vitest";
import { levelOf, rungs, rungStatuses, type Rung, type RungStatus } from "../../../src/effects/report/rungs.js";
import { cleanLint, tierOf } from "../../support/told.js";

const level = (...statuses: readonly RungStatus[]): number =>
  levelOf(Object.fromEntries(rungs.map((rung, index) => [rung, statuses[index] ?? "unver"])) as Record<Rung, RungStatus>);

test("the level is the highest passed rung below which every rung passed or was skipped on purpose", () => {
  expect(level("pass", "pass", "pass", "pass", "pass")).toBe(5);
  expect(level("pass", "skip", "skip", "pass", "pass")).toBe(5);
  expect(level("pass", "pass", "pass", "pass", "fail")).toBe(4);
  expect(level("pass", "fail", "pass", "pass", "pass")).toBe(1);
  expect(level("pass", "unver", "pass", "pass", "pass")).toBe(1);
  expect(level("fail", "pass", "pass", "pass", "pass")).toBe(0);
});

test("skipped rungs at the end of the ladder do not count as reached", () => {
  expect(level("pass", "skip", "skip", "unver", "unver")).toBe(1);
  expect(level("skip", "skip", "skip", "skip", "skip")).toBe(0);
});

test("when any rung becomes failed or not shown, the level does not rise", () => {
  const status = constantFrom<RungStatus>("pass", "fail", "skip", "unver");
  forAll(
    property(
      tuple(status, status, status, status, status),
      nat({ max: 4 }),
      constantFrom<RungStatus>("fail", "unver"),
      (statuses, at, worse) => {
        const before = level(...statuses);
        expect(level(...statuses.with(at, worse))).toBeLessThanOrEqual(before);
        expect(before === 0 || statuses[before - 1] === "pass").toBe(true);
      },
    ),
  );
});

const of = (reports: Parameters<typeof rungStatuses>[0]["reports"], skips: Parameters<typeof rungStatuses>[0]["skips"] = []) =>
  rungStatuses({ reports, skips, lint: cleanLint, slips: [] });

test("when the run did not reach a tier or was not asked for it, its rung is not shown", () => {
  expect(of([tierOf("install")])).toEqual({
    install: "pass",
    upgrade: "unver",
    backup_restore: "unver",
    functional: "unver",
    lint: "pass",
  });
});

test("the rung of backup and restore needs both tiers", () => {
  expect(of([tierOf("backup"), tierOf("restore")]).backup_restore).toBe("pass");
  expect(of([tierOf("backup"), tierOf("restore", "skip")]).backup_restore).toBe("unver");
  expect(of([tierOf("backup", "skip"), tierOf("restore", "skip")]).backup_restore).toBe("skip");
  expect(of([tierOf("backup"), tierOf("restore", "fail")]).backup_restore).toBe("fail");
  expect(of([tierOf("backup")]).backup_restore).toBe("unver");
});

test("when several deployments went through a tier, the worst result counts", () => {
  expect(of([tierOf("install"), tierOf("install", "fail")]).install).toBe("fail");
  expect(of([tierOf("upgrade"), tierOf("upgrade", "unverified")]).upgrade).toBe("unver");
});

test("when a recipe has no tests, its rung of functional tests is not shown; when it declares them senseless, it is skipped", () => {
  const report = tierOf("custom", "skip");
  expect(of([report], [{ tier: "custom", kind: "structural", reason: "no tests" }]).functional).toBe("unver");
  expect(of([report], [{ tier: "custom", kind: "declared", reason: "a daemon without an interface" }]).functional).toBe("skip");
});

test("lint passes with warnings and skipped rules, fails with an error or an unknown severity, and is not shown if it could not run", () => {
  const rule = { ref: "R001", rule: "a rule", resolve: "" };
  const lint = (severity: string, satisfied: "yes" | "no" | "skipped") =>
    rungStatuses({ reports: [], skips: [], lint: { kind: "ran", rules: [{ ...rule, severity, satisfied }] }, slips: [] }).lint;
  expect([lint("warn", "no"), lint("error", "skipped"), lint("error", "yes")]).toEqual(["pass", "pass", "pass"]);
  expect([lint("error", "no"), lint("critical", "no")]).toEqual(["fail", "fail"]);
  expect(rungStatuses({ reports: [], skips: [], lint: { kind: "not-run", why: "abra hung" }, slips: [] }).lint).toBe("unver");
  expect(rungStatuses({ reports: [], skips: [], lint: null, slips: [] }).lint).toBe("unver");
});

test("when the recipe has a slip, the lint rung fails, whatever lint says", () => {
  const slip = { file: "compose.yml", line: 3, code: "no-version-label", sentence: "there is none", deadly: false } as const;
  expect(rungStatuses({ reports: [], skips: [], lint: cleanLint, slips: [slip] }).lint).toBe("fail");
});
