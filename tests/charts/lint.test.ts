import { describe, expect, test } from "vitest";
import type { AnyStateMachine } from "xstate";
import { machines, sampleContext } from "../../src/cli/chart/machines.js";
import { draftOf, rebuilt } from "../mutants/chart-copy.js";
import { lintChart } from "../support/chart-lint.js";
import type { ChartName } from "../support/explore/charts.js";
import { externalEvents } from "../support/explore/external-events.js";
import { faults } from "./fixtures/faults.js";
import { soundChart } from "./fixtures/sound-chart.js";

const sound = soundChart as unknown as AnyStateMachine;
const given = { external: ["stop", "pulse"], sample: { waitMs: 500 } };

describe("every chart of the program", () => {
  test.each(Object.keys(machines))("passes the lint: %s", (name) => {
    const machine = machines[name];
    expect(machine).toBeDefined();
    expect(lintChart(() => machine as AnyStateMachine, { external: externalEvents[name as ChartName], sample: sampleContext })).toEqual([]);
  });
});

describe("the lint", () => {
  test("finds nothing in a chart without a fault", () => {
    expect(lintChart(() => rebuilt(sound, draftOf(sound)), given)).toEqual([]);
  });

  test.each(faults)("finds $title by $rule", ({ rule, seed, machine }) => {
    const draft = draftOf(sound);
    seed(draft);
    const found = lintChart(() => rebuilt(machine ?? sound, draft), given);
    expect(found.map((finding) => finding.rule)).toContain(rule);
  });
});
