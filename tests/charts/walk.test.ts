import { describe, expect, test } from "vitest";
import { charts, type ChartName } from "../support/explore/charts.js";
import { explore } from "../support/explore/explore.js";
import { invariantsOf } from "../support/explore/invariants.js";
import { stories } from "../support/explore/stories.js";
import { fault } from "../support/explore/story.js";

/** The states that one walk of a chart leaves out; the chart's other walk comes through them. */
const unreached: Readonly<Partial<Record<ChartName, readonly string[]>>> = {
  run: ["run.holding.running.hold.waiting"],
  reapDryRun: ["reap.cleaning", "reap.releasing"],
  tier: ["tier.settling"],
};

const names = Object.keys(charts) as ChartName[];

describe.each(names)("a walk of %s that sends every event in every configuration", (name) => {
  const walk = explore(charts[name]);

  test.each(Object.entries(invariantsOf(name)))("keeps %s", (_invariant, violations) => {
    expect(violations(walk).slice(0, 5)).toEqual([]);
  });

  test("comes through every state of the chart", () => {
    const visited = new Set([...walk.places.values()].flatMap(({ at }) => at.split(" ")));
    const leaves = walk.chart.machine.root;
    const missing = leavesIn(leaves).filter((id) => !visited.has(id.slice(leaves.id.length + 1)));
    // When a region's final state ends the last region, the chart leaves it at once.
    expect(missing.filter((id) => !/\.(choosing|passed)$/.test(id))).toEqual(unreached[name] ?? []);
  });
});

interface Node {
  readonly id: string;
  readonly states: Readonly<Record<string, Node>>;
}

const leavesIn = (node: Node): readonly string[] => {
  const children = Object.values(node.states);
  return children.length === 0 ? [node.id] : children.flatMap(leavesIn);
};

describe.each(names)("the courses of %s", (name) => {
  test.each(stories[name])("$title", (story) => {
    expect(fault(charts[name], story)).toBeNull();
  });
});
