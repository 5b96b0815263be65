import { describe, test } from "vitest";
import { causes, expectDeaf, expectStopped, otherPairs, teardownSteps } from "./stop-cases.js";
import { openQueue } from "./waiting-cases.js";

describe.concurrent("before teardown", { timeout: 90_000 }, () => {
  for (const pair of otherPairs) {
    test(`${pair.cause.cause} in ${pair.moment.title} ends the run with ${pair.cause.code}, and nothing of the app is left`, () => expectStopped(pair));
  }
});

describe("while it waits for the lock", { timeout: 90_000 }, () => {
  const queue = openQueue();

  describe.concurrent("it", () => {
    for (const { cause, code, act } of causes.filter(({ cause }) => cause !== "parent")) {
      test(`ends with ${code} by ${cause}, and the lock stays the holder's`, () => queue.expectEnded(cause, code, act));
    }
  });
});

describe.concurrent("in teardown and after", { timeout: 90_000 }, () => {
  for (const step of teardownSteps) {
    test(`every signal, for the first time in "${step.title}", is noted and changes nothing: the run passes and is clean`, () => expectDeaf(step));
  }
});
