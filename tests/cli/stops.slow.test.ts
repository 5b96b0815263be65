import { describe, expect, test } from "vitest";
import {
  causes,
  closed,
  expectDeaf,
  expectOverdue,
  expectStopped,
  inSandbox,
  momentOf,
  otherPairs,
  startEcho,
  teardownSteps,
} from "./stop-cases.js";
import { openQueue } from "./waiting-cases.js";

describe.concurrent("before teardown", () => {
  for (const pair of otherPairs) {
    test(`${pair.cause.cause} in ${pair.moment.title} ends the run with ${pair.cause.code}, and nothing of the app is left`, () =>
      expectStopped(pair));
  }

  test("the deadline in prepare ends the run with 142", () => expectOverdue(momentOf("prepare"), "900ms"));
});

describe("while it waits for the lock", () => {
  const queue = openQueue();

  describe.concurrent("it", () => {
    for (const { cause, code, act } of causes) {
      test(`ends with ${code} by ${cause}, and the lock stays the holder's`, () => queue.expectEnded(cause, code, act));
    }

    test("ends with 142 by the deadline, and the lock stays the holder's", async () => {
      const run = await queue.waiting("deadline", "--deadline", queue.deadline());
      expect((await run.ended).code).toBe(142);
      expect(run.record()).toMatchObject({ verdict: "stopped", cause: "deadline", cleanliness: null });
      expect(queue.isHeld()).toBe(true);
    });
  });
});

describe.concurrent("in teardown and after", () => {
  for (const step of teardownSteps) {
    test(`every signal, for the first time in "${step.title}", is noted and changes nothing: the run passes and is clean`, () =>
      expectDeaf(step));
  }

  // Where abra cannot undeploy there is one more step: stops.slow.test.ts.
  const usual = teardownSteps.filter(({ title }) => title !== "tearingDown: forcing");

  test("every signal in every step is noted and changes nothing: the run passes and is clean", () => expectDeaf(...usual));

  test("a reader that stalls stops neither the teardown nor the end of the process", () =>
    inSandbox([{ when: "docker service ps", do: "slow:300" }], async (sandbox) => {
      const run = startEcho(sandbox, "--stages", "install");
      await run.reaches("holding.running.test");
      run.child.stdout?.pause();
      run.child.kill("SIGTERM");
      expect(await closed(run)).toMatchObject({ verdict: "stopped", cause: "TERM", cleanliness: "clean" });
      run.child.stdout?.resume();
      expect((await run.ended).code).toBe(143);
    }));

  test("the second of two stops does not change the first one's code", () =>
    inSandbox([], async (sandbox) => {
      const run = startEcho(sandbox);
      await run.reaches("holding.running.deploy");
      run.child.kill("SIGINT");
      run.child.kill("SIGTERM");
      const { code } = await run.ended;
      expect([130, 143]).toContain(code);
      expect(run.record()?.exitCode).toBe(code);
      expect(sandbox.leftovers()).toEqual([]);
    }));
});
