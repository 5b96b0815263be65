import { expect, test } from "vitest";
import { badge } from "../../../src/effects/report/badge.js";
import { results } from "../../../src/effects/report/results.js";
import type { Told } from "../../../src/effects/report/report-input.js";
import { schemaTroubles } from "../../support/results-schema.js";
import { sampleRecord } from "../../support/run-record.js";
import { cleanLint, planSkipping, someFailure, tierOf, toldOf } from "../../support/told.js";

const commit = "c".repeat(40);

const app = { recipe: "notes", domain: sampleRecord.domain, stack: sampleRecord.stack, commit } as Told["app"];

const full = toldOf({
  app,
  plan: {
    rounds: [{ deploys: { tag: "2.0.0+1.1.0", commit }, tiers: ["install"] }],
    skips: [{ tier: "upgrade", kind: "structural", reason: "only one version is published" }],
  },
  record: { ...sampleRecord, phases: [{ name: "test", startedAt: "2026-01-01T00:00:01.000Z", durationMs: null }] },
  slips: [{ file: "compose.yml", line: 7, code: "version-label-form", sentence: "the label is no recipe version", deadly: false }],
  tiers: [
    tierOf("install", "pass", [{ name: "answers", outcome: "passed", durationMs: 3, message: null }]),
    tierOf("install", "fail"),
    tierOf("upgrade", "skip"),
  ],
  observed: {
    lint: {
      kind: "ran",
      rules: [
        ...(cleanLint.kind === "ran" ? cleanLint.rules : []),
        { ref: "R009", rule: "one service named app", severity: "error", satisfied: "no", resolve: "name one app" },
      ],
    },
    usage: [{ service: "app", rest: { memoryBytes: 5, processors: 0.01 }, peak: { memoryBytes: 9, processors: 1.2 } }],
    tiers: [],
    screenshot: "screenshot.png",
    screenshotTrouble: null,
    customization: null,
  },
});

test("results.json has rungs, level, skips with reasons, lint, slips, usage and the version that was tested", () => {
  expect(results(full, true)).toMatchObject({
    schema: 2,
    version: "2.0.0+1.1.0",
    ref: commit,
    level: 0,
    rungs: { install: "fail", upgrade: "skip", backup_restore: "unver", functional: "unver", lint: "fail" },
    stages: {
      install: { status: "fail", reason: "it broke", duration: 3 },
      upgrade: { status: "skip", reason: "only one version is published" },
    },
    skips: { intentional: [{ stage: "upgrade", kind: "structural", reason: "only one version is published" }] },
    lint: { status: "fail", rules_failed: ["R009"] },
    usage: { app: { memory_peak: 9, processors_rest: 0.01 } },
    slips: [{ file: "compose.yml", line: 7, code: "version-label-form" }],
    flags: { clean_teardown: true, no_secret_leak: true },
    screenshot: "screenshot.png",
    phases: { test: 3 },
    duration: 4,
  });
});

const sorts: Readonly<Record<string, Told>> = {
  "a full one": full,
  "one of nothing": toldOf({
    record: { ...sampleRecord, ref: null, domain: null, link: null },
    url: null,
    cleanliness: { kind: "unknown" },
  }),
  "a failed one": toldOf({
    verdict: { kind: "failed", failure: someFailure() },
    cleanliness: { kind: "dirty", residue: [{ kind: "volume", name: "left" }] },
  }),
  "a stopped one": toldOf({
    verdict: { kind: "stopped", cause: "lost-lock" },
    cleanliness: { kind: "unverified", nodes: [{ node: "two", why: "down" }] },
  }),
  "one without lint": toldOf({
    observed: {
      lint: { kind: "not-run", why: "abra hung" },
      usage: [],
      tiers: [],
      screenshot: null,
      screenshotTrouble: "no Chromium",
      customization: null,
    },
  }),
  "one with unverified tiers": toldOf({
    tiers: [tierOf("custom", "unverified", [{ name: "t", outcome: "skipped", durationMs: 0, message: "no" }])],
    plan: planSkipping(),
  }),
};

for (const [sort, told] of Object.entries(sorts)) {
  test(`the published schema describes ${sort}`, () => {
    expect(schemaTroubles(JSON.parse(JSON.stringify(results(told, true))))).toEqual([]);
  });
}

test("the published schema refuses unknown members and levels that do not exist", () => {
  expect(schemaTroubles({ ...results(full, true), levle: 3 })).not.toEqual([]);
  expect(schemaTroubles({ ...results(full, true), level: 6 })).not.toEqual([]);
});

test("the badge has recipe, verdict and level, and is green only if nothing is left", () => {
  expect(badge(toldOf({ tiers: [tierOf("install")] }))).toMatch(/aria-label="notes: passed, level 1"[^]*#2da44e/);
  expect(badge(toldOf({ cleanliness: { kind: "dirty", residue: [] } }))).toMatch(/passed, dirty, level 0[^]*#bf8700/);
  expect(badge(toldOf({ verdict: { kind: "stopped", cause: "TERM" } }))).toMatch(/notes: stopped"/);
  expect(badge(toldOf({ record: { ...sampleRecord, recipe: '"><script>' } }))).not.toContain("<script>");
});
