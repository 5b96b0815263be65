import { expect, test } from "vitest";
import { exportCharts, placeCharts } from "../../src/cli/chart/export.js";

test("the exported charts come out the same, byte for byte, each time", async () => {
  expect([...exportCharts(await placeCharts())]).toEqual([...exportCharts(await placeCharts())]);
});
