import { charts, type ChartName } from "./charts.js";

/** Actors that no deaf state has: the watch on the stack ends with the tests. */
const elsewhere: readonly string[] = ["watch"];

const typesOf = (name: ChartName): readonly string[] => [...new Set(charts[name].external.filter(({ from }) => !elsewhere.includes(from)).map(({ event }) => event.type))];

/** Types of the events that the world may send to a chart in any state; a deaf one must name each. */
export const externalEvents: Readonly<Record<ChartName, readonly string[]>> = {
  run: typesOf("run"),
  deploy: typesOf("deploy"),
  tier: typesOf("tier"),
  teardown: typesOf("teardown"),
  reap: typesOf("reap"),
  reapDryRun: typesOf("reapDryRun"),
  janitor: typesOf("janitor"),
  lane: typesOf("lane"),
};
