import { describe, test } from "vitest";
import { endIn, firstPairs } from "./step-ends.js";

// In step.slow.test.ts each phase meets each way.
describe.concurrent("a step that ends by", { timeout: 180_000 }, () => {
  for (const { phase, way } of firstPairs) test(`${way} in ${phase} leaves nothing`, () => endIn(phase, way));
});
