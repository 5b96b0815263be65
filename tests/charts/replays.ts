import { expect } from "vitest";
import { charts, type ChartName } from "../support/explore/charts.js";
import { explore, keyOf, type Place, type Walk } from "../support/explore/explore.js";
import { live, type Live } from "../support/explore/live.js";

const walks = new Map<ChartName, Walk>();

/** Two tests need the same walk, so it is done once. */
const placesOf = (name: ChartName): readonly Place[] => {
  const walk = walks.get(name) ?? explore(charts[name]);
  walks.set(name, walk);
  return [...walk.places.values()];
};

const replayed = async (name: ChartName, place: Place, act: (run: Live) => void): Promise<void> => {
  const run = live(charts[name]);
  try {
    for (const told of place.path) await run.tell(told);
    act(run);
  } finally {
    run.stop();
  }
};

const wayTo = (place: Place): string => place.path.map((told) => told.name).join(", ");

/** On every shortest path a live actor comes to the same state as the pure chart and starts the same actors in the same order. */
export const expectSameAsPure = async (name: ChartName): Promise<void> => {
  for (const place of placesOf(name))
    await replayed(name, place, (run) =>
      expect([keyOf(charts[name], run.snapshot()), run.started], wayTo(place)).toEqual([place.key, place.startedOnPath]),
    );
};

/** Deploys and tiers have their own, so the run's longest wait is its deadline, then teardown and report. ms */
const longestMs = 70 * 60_000;

/** Wherever the world falls silent, only named delays are awaited and the chart ends. */
export const expectEndInSilence = async (name: ChartName): Promise<void> => {
  // While an app settles its machine has the delays: that one is among these charts.
  for (const place of placesOf(name).filter(({ at }) => at !== "settling"))
    await replayed(name, place, (run) => {
      const beganMs = run.clock.nowMs;
      while (run.snapshot().status === "active" && run.clock.next());
      expect(run.snapshot().status, wayTo(place)).toBe("done");
      expect(run.clock.nowMs - beganMs).toBeLessThanOrEqual(longestMs);
      expect(run.clock.pending).toBe(0);
    });
};
