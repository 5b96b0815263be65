import { expect, test } from "vitest";
import { createTiersSeen } from "../../src/cli/wiring/tiers-seen.js";
import type { TestResult } from "../../src/machines/vocabulary.js";

const passed: TestResult = { name: "passes", outcome: "passed", durationMs: 1, message: null };
const cut: TestResult = { name: "hangs", outcome: "failed", durationMs: 1, message: "cut off before its end" };

test("a tier's time is that between the states that it begins and ends with, and its tests are those told meanwhile", () => {
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

test("what a stop leaves of a tier's tests is that tier's, though the run is in another state when it is told", () => {
  const { onState, onTest, onCut, seen } = createTiersSeen(() => 0);
  onState("holding.running.test.custom");
  onTest("custom", passed);
  onState("holding.tearingDown.cleaning");
  onCut("custom", [cut]);
  expect(seen()).toMatchObject([{ tests: [passed], left: [cut] }]);
});

test("a tier that several deployments go through is seen once for each", () => {
  const { onState, onTest, seen } = createTiersSeen(() => 0);
  for (const leaf of ["test.install", "test.replacing", "deploy", "test.install"]) onState(`holding.running.${leaf}`);
  onTest("install", passed);
  expect(seen().map(({ tests }) => tests.length)).toEqual([0, 1]);
});
