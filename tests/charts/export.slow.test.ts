import { expect, test } from "vitest";
import { exportCharts, placeCharts } from "../../src/cli/chart/export.js";

test("when the charts are exported again, they are the same byte for byte", async () => {
  expect([...exportCharts(await placeCharts())]).toEqual([...exportCharts(await placeCharts())]);
});
