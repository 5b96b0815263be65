import { describe, test } from "vitest";
import { expectEndInSilence, expectSameAsPure } from "./replays.js";

describe.each(["run", "runHeld", "tierUpgrade"] as const)("on every shortest path of %s, a live actor", (name) => {
  test("comes to the same state as the pure chart and starts the same actors in the same order", () => expectSameAsPure(name));
});

test.each(["run", "tierUpgrade"] as const)(
  "when the world falls silent anywhere in %s, only named delays are awaited and the chart ends",
  (name) => expectEndInSilence(name),
);
