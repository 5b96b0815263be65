import { expect } from "vitest";
import { testWith } from "../support/programs.js";
import { hammer } from "./hammering.js";

const test = testWith("fs-ext");

test("the hammer finds double holders if the check that the path still names the locked file is left out", async () => {
  expect((await hammer("unchecked", 2_000)).doubles).toBeGreaterThan(0);
});
