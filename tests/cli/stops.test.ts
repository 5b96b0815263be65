import { describe, expect, test } from "vitest";
import { closed, expectOverdue, expectStopped, firstPairs, inSandbox, momentOf, startEcho } from "./stop-cases.js";
import { openQueue } from "./waiting-cases.js";

// Each kind of state meets one way to end a run here; in stops.slow.test.ts each state meets each way.
describe.concurrent("before teardown", { timeout: 90_000 }, () => {
  for (const pair of firstPairs) {
    test(`${pair.cause.cause} in ${pair.moment.title} ends the run with ${pair.cause.code}, and nothing of the app is left`, () =>
      expectStopped(pair));
  }

  test("the deadline while it converges ends the run with 142", () => expectOverdue(momentOf("deploy: converging"), "12s"));
});

describe("while it waits for the lock", { timeout: 90_000 }, () => {
  const queue = openQueue();

  // Each way to end it: stops.slow.test.ts.
  describe.concurrent("it", () => {
    test("ends with 75 after --lock-timeout: the run is red and says for whom it waited", async () => {
      const run = await queue.waiting("patience", "--lock-timeout", "1s");
      expect((await run.ended).code).toBe(75);
      expect(run.record()).toMatchObject({ cleanliness: null, exitCode: 75 });
    });
  });
});

describe.concurrent("in teardown and after", { timeout: 90_000 }, () => {
  test("a launcher that dies during teardown does not stop it", () =>
    inSandbox([{ when: "abra app undeploy", do: "slow:600" }], async (sandbox) => {
      const run = startEcho(sandbox, "--stages", "install");
      await run.says("tearingDown: undeploying");
      run.child.kill("SIGKILL");
      expect(await closed(run)).toMatchObject({ verdict: "passed", cleanliness: "clean", exitCode: 0 });
      expect(sandbox.leftovers()).toEqual([]);
    }));
});
