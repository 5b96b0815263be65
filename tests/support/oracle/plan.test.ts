import { expect, test } from "vitest";
import { planBatch } from "../../torture/plan.js";

const limits = { runs: 10, faults: true, fullDisk: true };

test("a seed plans the same batches each time, and another seed plans others", () => {
  expect(planBatch(1, 4, limits)).toEqual(planBatch(1, 4, limits));
  expect(planBatch(1, 4, limits).runs).not.toEqual(planBatch(2, 4, limits).runs);
  expect(planBatch(1, 4, limits).runs).not.toEqual(planBatch(1, 5, limits).runs);
});
