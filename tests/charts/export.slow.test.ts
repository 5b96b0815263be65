import { expect, test } from "vitest";
import { exportCharts } from "../../src/cli/chart/export.js";

test("the exported charts come out the same, byte for byte, each time", async () => {
  expect([...(await exportCharts())]).toEqual([...(await exportCharts())]);
});
