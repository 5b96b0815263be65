import { expect, test } from "vitest";
import { TestsKept } from "../../../src/effects/tier/tests-kept.js";
import type { TestResult } from "../../../src/machines/vocabulary.js";

const result = (name: string, outcome: TestResult["outcome"], message: string | null): TestResult => ({
  name,
  outcome,
  durationMs: 1,
  message,
});

test("when the messages of a tier's tests are too long together, the last are cut and all names are kept", () => {
  const kept = new TestsKept();
  for (let n = 0; n < 1_000; n += 1) kept.keep(result(`t${n}`, "failed", "w".repeat(8_000)));
  expect(kept.tests).toHaveLength(1_000);
  expect(kept.tests[0]?.message).toBe("w".repeat(8_000));
  expect(kept.tests.at(-1)).toMatchObject({
    name: "t999",
    outcome: "failed",
    message: expect.stringContaining("See the run's log") as string,
  });
  expect(JSON.stringify(kept.tests).length).toBeLessThan(800_000);
  expect(kept.beyond()).toBeNull();
});

test("when a test beyond the kept ones fails, the tier still fails", () => {
  const kept = new TestsKept();
  for (let n = 0; n < 5_000; n += 1) expect(kept.keep(result(`t${n}`, "passed", null))).not.toBeNull();
  expect(kept.keep(result("more", "passed", null))).toBeNull();
  expect(kept.beyond()).toBeNull();
  expect(kept.keep(result("more", "failed", "no"))).toBeNull();
  expect(kept.tests).toHaveLength(5_000);
  expect(kept.beyond()).toMatchObject({ outcome: "failed", message: "there are more than 5000 tests, and 1 of those beyond have failed" });
});
