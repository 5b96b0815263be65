import { describe, test } from "vitest";
import { endIn, otherPairs } from "./step-ends.js";

describe.concurrent("a step that ends by", () => {
  for (const { phase, way } of otherPairs) test(`${way} in ${phase} leaves nothing`, () => endIn(phase, way));
});
