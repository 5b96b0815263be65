import { describe, test } from "vitest";
import { expectEndInSilence, expectSameAsPure } from "./replays.js";

describe.each(["run", "runHeld", "tierUpgrade"] as const)("every shortest path of %s on a live actor", (name) => {
  test("comes to where the pure chart came, with the same actors started in the same order", () => expectSameAsPure(name));
});

test.each(["run", "tierUpgrade"] as const)(
  "a world that falls silent, anywhere in %s, is waited for by named delays only, and the chart ends",
  (name) => expectEndInSilence(name),
);
