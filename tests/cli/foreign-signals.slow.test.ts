import { describe, test } from "vitest";
import { killsChild, killsTeardown, phases, stopsAll } from "./foreign-signal-cases.js";

describe.concurrent("signals for everybody that reach the children 15 ms before the run", () => {
  for (const [phase] of phases) {
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
      test(`${signal} in ${phase} is a stop, and no failure of the recipe or the host`, () => stopsAll(phase, signal));
    }
  }
});

describe.concurrent("a child that somebody else kills", () => {
  for (const [phase] of phases)
    test(`in ${phase} ends the run with 69, names the child and the signal, and leaves nothing`, () => killsChild(phase));

  test("in the teardown changes neither the verdict nor the cleanliness", () => killsTeardown());
});
