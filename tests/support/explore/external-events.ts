import { charts, type ChartName } from "./charts.js";

const typesOf = (name: ChartName): readonly string[] => [...new Set(charts[name].external.map(({ event }) => event.type))];

/** Types of the events that the world may send to a chart at any time; a deaf state must name each. */
export const externalEvents: Readonly<Record<ChartName, readonly string[]>> = {
  run: typesOf("run"),
  deploy: typesOf("deploy"),
  tier: typesOf("tier"),
  teardown: typesOf("teardown"),
  reap: typesOf("reap"),
  reapDryRun: typesOf("reapDryRun"),
  janitor: typesOf("janitor"),
};
