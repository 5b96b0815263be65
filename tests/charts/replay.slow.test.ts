import { describe, test } from "vitest";
import { expectEndInSilence, expectSameAsPure } from "./replays.js";

describe.each(["run", "runHeld"] as const)("every shortest path of %s on a live actor", (name) => {
  test("comes to where the pure chart came, with the same actors started in the same order", () => expectSameAsPure(name));
});

test("a world that falls silent, anywhere in run, is waited for by named delays only, and the chart ends", () => expectEndInSilence("run"));
