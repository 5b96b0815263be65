import { describe, test } from "vitest";
import { killsTeardown, stopsAll } from "./foreign-signal-cases.js";

// Each signal in each phase: foreign-signals.slow.test.ts.
describe.concurrent("a signal of somebody else", { timeout: 60_000 }, () => {
  test("that reaches the children 15 ms before the run is a stop, and no failure of the recipe or the host", () => stopsAll("deploy: submitting", "SIGTERM"));

  test("that kills a child in the teardown changes neither the verdict nor the cleanliness", () => killsTeardown());
});
