import { describe, expect, test, vi } from "vitest";
import { charts, type ChartName } from "../support/explore/charts.js";
import { live } from "../support/explore/live.js";
import { expectEndInSilence, expectSameAsPure } from "./replays.js";

// These tests only compute, so they last as long as the host's processor takes.
vi.setConfig({ testTimeout: 120_000 });

// The charts of the run have many times the states of the others: they, and a tier that begins another way, are in replay.slow.test.ts.
const small = (Object.keys(charts) as ChartName[]).filter((name) => !["run", "runHeld", "tierUpgrade"].includes(name));

describe.each(small)("on every shortest path of %s, a live actor", (name) => {
  test("comes to the same state as the pure chart and starts the same actors in the same order", () => expectSameAsPure(name));
});

describe.each(["deploy", "settle", "tier", "teardown"] as const)("when the world falls silent anywhere in %s", (name) => {
  test("only named delays are awaited and the chart ends", () => expectEndInSilence(name));
});

test("when every step of a teardown hangs, it ends as dirty within the eight minutes that the deadline leaves it", async () => {
  const run = live(charts.teardown);
  try {
    while (run.snapshot().status === "active" && run.clock.next());
    expect(run.snapshot().value).toBe("dirty");
    expect(run.clock.nowMs).toBeLessThanOrEqual(8 * 60_000);
  } finally {
    run.stop();
  }
});
