import { expect, test } from "vitest";
import { createRunClock, uptimeMs } from "../../src/effects/clock.js";

test("the run's clock counts from the launcher's start", () => {
  const since = createRunClock(String(uptimeMs() - 5_000));
  expect(since()).toBeGreaterThanOrEqual(4_990);
  expect(since()).toBeLessThan(6_000);
});

test.each([undefined, "", "soon"])("without a launcher's word (%j) it counts from our own", (launchedAt) => {
  expect(Math.abs(createRunClock(launchedAt)() - performance.now())).toBeLessThan(100);
});

test("it never runs backwards, whatever the launcher said", () => {
  const since = createRunClock(String(uptimeMs() + 60_000));
  const first = since();
  expect(first).toBeGreaterThanOrEqual(0);
  expect(since()).toBeGreaterThanOrEqual(first);
});
