import { expect } from "vitest";
import { testWith } from "../support/programs.js";
import { hammer } from "./hammering.js";

const test = testWith("fs-ext");

test("without the look whether the path still names the locked file, they have: the hammer would notice", async () => {
  expect((await hammer("unchecked", 2_000)).doubles).toBeGreaterThan(0);
});
