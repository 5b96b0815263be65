import { describe, expect, test, vi } from "vitest";
import { charts, type ChartName } from "../support/explore/charts.js";
import { live } from "../support/explore/live.js";
import { expectEndInSilence, expectSameAsPure } from "./replays.js";

// They compute and wait for nobody: their time is that of the host's processor.
vi.setConfig({ testTimeout: 120_000 });

// The run's own charts have many times the places of the others, and a tier's begins another way: replay.slow.test.ts.
const small = (Object.keys(charts) as ChartName[]).filter((name) => !["run", "runHeld", "tierUpgrade"].includes(name));

describe.each(small)("every shortest path of %s on a live actor", (name) => {
  test("comes to where the pure chart came, with the same actors started in the same order", () => expectSameAsPure(name));
});

describe.each(["deploy", "settle", "tier", "teardown"] as const)("a world that falls silent, anywhere in %s", (name) => {
  test("is waited for by named delays only, and the chart ends", () => expectEndInSilence(name));
});

test("a teardown whose every step hangs ends within the eight minutes that the deadline leaves it", async () => {
  const run = live(charts.teardown);
  try {
    while (run.snapshot().status === "active" && run.clock.next());
    expect(run.snapshot().value).toBe("dirty");
    expect(run.clock.nowMs).toBeLessThanOrEqual(8 * 60_000);
  } finally {
    run.stop();
  }
});
