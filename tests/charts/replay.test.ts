import { afterEach, describe, expect, test, vi } from "vitest";
import { charts, type ChartName } from "../support/explore/charts.js";
import { explore, keyOf, type Place, type Walk } from "../support/explore/explore.js";
import { live, type Live } from "../support/explore/live.js";

// They compute and wait for nobody: their time is that of the host's processor.
vi.setConfig({ testTimeout: 120_000 });

const running: Live[] = [];

afterEach(() => {
  for (const one of running.splice(0)) one.stop();
});

const walks = new Map<ChartName, Walk>();

/** Two tests walk the same way: once is enough. */
const placesOf = (name: ChartName): readonly Place[] => {
  const walk = walks.get(name) ?? explore(charts[name]);
  walks.set(name, walk);
  return [...walk.places.values()];
};

const replayed = async (name: ChartName, place: Place): Promise<Live> => {
  const run = live(charts[name]);
  running.push(run);
  for (const told of place.path) await run.tell(told);
  return run;
};

describe.each(Object.keys(charts) as ChartName[])("every shortest path of %s on a live actor", (name) => {
  test("comes to where the pure chart came, with the same actors started in the same order", async () => {
    for (const place of placesOf(name)) {
      const run = await replayed(name, place);
      expect([keyOf(charts[name], run.snapshot()), run.started], place.path.map((told) => told.name).join(", ")).toEqual([place.key, place.startedOnPath]);
      run.stop();
    }
  });
});

describe.each(["run", "deploy", "settle", "tier", "tierUpgrade", "teardown"] as const)("a world that falls silent, anywhere in %s", (name) => {
  /** Deploys and tiers have their own, so the run's longest wait is its deadline, then teardown and report. ms */
  const longestMs = 70 * 60_000;

  test("is waited for by named delays only, and the chart ends", async () => {
    // While an app settles its machine has the delays: that one is among these charts.
    for (const place of placesOf(name).filter(({ at }) => at !== "settling")) {
      const run = await replayed(name, place);
      const beganMs = run.clock.nowMs;
      while (run.snapshot().status === "active" && run.clock.next());
      expect(run.snapshot().status, place.path.map((told) => told.name).join(", ")).toBe("done");
      expect(run.clock.nowMs - beganMs).toBeLessThanOrEqual(longestMs);
      expect(run.clock.pending).toBe(0);
      run.stop();
    }
  });
});

test("a teardown whose every step hangs ends within the eight minutes that the deadline leaves it", async () => {
  const run = live(charts.teardown);
  running.push(run);
  while (run.snapshot().status === "active" && run.clock.next());
  expect(run.snapshot().value).toBe("dirty");
  expect(run.clock.nowMs).toBeLessThanOrEqual(8 * 60_000);
});
