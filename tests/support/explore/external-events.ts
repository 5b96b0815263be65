import { charts, type ChartName } from "./charts.js";

const typesOf = (name: ChartName): readonly string[] => [...new Set(charts[name].external.map(({ event }) => event.type))];

/** Types of the events that the world may send to a chart in any state; a deaf one must name each. */
export const externalEvents: Readonly<Record<ChartName, readonly string[]>> = {
  run: typesOf("run"),
  runHeld: typesOf("runHeld"),
  deploy: typesOf("deploy"),
  settle: typesOf("settle"),
  tier: typesOf("tier"),
  tierUpgrade: typesOf("tierUpgrade"),
  deps: typesOf("deps"),
  teardowns: typesOf("teardowns"),
  teardown: typesOf("teardown"),
  reap: typesOf("reap"),
  reapDryRun: typesOf("reapDryRun"),
  janitor: typesOf("janitor"),
  lane: typesOf("lane"),
};
