import { expect, test } from "vitest";
import { createTiersSeen } from "../../src/cli/wiring/tiers-seen.js";
import type { TestResult } from "../../src/machines/vocabulary.js";

const passed: TestResult = { name: "passes", outcome: "passed", durationMs: 1, message: null };
const cut: TestResult = { name: "hangs", outcome: "failed", durationMs: 1, message: "cut off before its end" };

test("a tier lasts from its own state to the next one and has the tests reported in between", () => {
  let now = 0;
  const { onState, onTest, seen } = createTiersSeen(() => now);
  onState("holding.running.test.install");
  onTest("install", passed);
  now = 300;
  onState("holding.running.test.custom");
  now = 400;
  expect(seen()).toEqual([
    { tier: "install", durationMs: 300, tests: [passed], left: [] },
    { tier: "custom", durationMs: 100, tests: [], left: [] },
  ]);
});

test("when a stop cuts a tier's tests off, they count as that tier's, even if the run has left its state", () => {
  const { onState, onTest, onCut, seen } = createTiersSeen(() => 0);
  onState("holding.running.test.custom");
  onTest("custom", passed);
  onState("holding.tearingDown.cleaning");
  onCut("custom", [cut]);
  expect(seen()).toMatchObject([{ tests: [passed], left: [cut] }]);
});

test("when a run deploys several times, a tier counts once for each deployment", () => {
  const { onState, onTest, seen } = createTiersSeen(() => 0);
  for (const leaf of ["test.install", "test.replacing", "deploy", "test.install"]) onState(`holding.running.${leaf}`);
  onTest("install", passed);
  expect(seen().map(({ tests }) => tests.length)).toEqual([0, 1]);
});
