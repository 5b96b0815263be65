import { describe, test } from "vitest";
import { endIn, firstPairs } from "./step-ends.js";

// step.slow.test.ts tests each way to end a step in each phase.
describe.concurrent("a step that ends by", { timeout: 180_000 }, () => {
  for (const { phase, way } of firstPairs) test(`${way} in ${phase} leaves nothing`, () => endIn(phase, way));
});
