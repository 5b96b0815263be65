import { describe, expect, test } from "vitest";
import type { RunContext } from "../../src/machines/run/run.types.js";
import { alphabetOf, canCome } from "../support/explore/alphabet.js";
import type { ChartUnderTest, Told } from "../support/explore/chart.js";
import { atOf, begin, tell, type Taken } from "../support/explore/explore.js";
import { runChart, stop, stopCauses } from "../support/explore/run-chart.js";
import { everyStop, runWaits } from "../support/explore/stories/run.js";

const chart: ChartUnderTest = {
  ...runChart,
  external: [...stopCauses.map(stop), ...runChart.external.filter(({ event }) => event.type !== "stop")],
};
const alphabet = alphabetOf(chart);

const findTold = (taken: Taken, name: string): Told | undefined =>
  alphabet.find((told) => (told.name === name || told.name.startsWith(`${name} run`)) && canCome(chart, taken.snapshot, told));

const after = (told: readonly string[]): Taken => {
  let taken = begin(chart);
  for (const name of told) {
    const event = findTold(taken, name);
    if (event === undefined) throw new Error(`${name} cannot come in ${atOf(taken.snapshot)}`);
    taken = tell(chart, taken.snapshot, event);
  }
  return taken;
};

const verdictOf = ({ snapshot }: Taken): RunContext["verdict"] => (snapshot.context as RunContext).verdict;

const causeOf = (name: string): string =>
  name === "after deadline" ? "deadline" : name === "lock.lost" ? "lost-lock" : name.slice("stop ".length);

describe("when two stops come", () => {
  test.each(runWaits)("the first decides and the second changes nothing, in $at", ({ at, told }) => {
    const before = after(told);
    let pairs = 0;
    for (const first of everyStop) {
      const firstTold = findTold(before, first);
      // A run that does not have the lock yet cannot lose it.
      if (firstTold === undefined || (first === "lock.lost" && at === "holding.acquire")) continue;
      const stopped = tell(chart, before.snapshot, firstTold);
      const verdict = verdictOf(stopped);
      expect(verdict).toEqual(verdictOf(before) ?? { kind: "stopped", cause: causeOf(first) });
      for (const second of everyStop) {
        const secondTold = findTold(stopped, second);
        if (secondTold === undefined) continue;
        const again = tell(chart, stopped.snapshot, secondTold);
        expect([atOf(again.snapshot), verdictOf(again), again.started, again.stopped]).toEqual([atOf(stopped.snapshot), verdict, [], []]);
        pairs += 1;
      }
    }
    expect(pairs).toBeGreaterThanOrEqual(stopCauses.length ** 2);
  });
});
