import { describe, expect, test } from "vitest";
import { causes, closed, expectDeaf, expectStopped, firstPairs, inSandbox, moments, startEcho, teardownSteps } from "./stop-cases.js";
import { openQueue } from "./waiting-cases.js";

// Every state meets one way to end a run here, and every way one state; in stops.slow.test.ts each state meets each way.
describe.concurrent("before teardown", { timeout: 90_000 }, () => {
  for (const pair of firstPairs) {
    test(`${pair.cause.cause} in ${pair.moment.title} ends the run with ${pair.cause.code}, and nothing of the app is left`, () => expectStopped(pair));
  }

  for (const { title, faults } of moments.filter(({ title }) => title === "prepare" || title === "deploy: converging")) {
    test(`the deadline in ${title} ends the run with 142`, () =>
      inSandbox(faults, async (sandbox) => {
        const run = startEcho(sandbox, "--deadline", title === "prepare" ? "900ms" : "8s");
        expect((await run.ended).code).toBe(142);
        expect(run.record()).toMatchObject({ verdict: "stopped", cause: "deadline" });
        expect(sandbox.leftovers()).toEqual([]);
      }));
  }
});

describe("while it waits for the lock", { timeout: 90_000 }, () => {
  const queue = openQueue();

  describe.concurrent("it", () => {
    // The others are in stops.slow.test.ts.
    for (const { cause, code, act } of causes.filter(({ cause }) => cause === "parent")) {
      test(`ends with ${code} by ${cause}, and the lock stays the holder's`, () => queue.expectEnded(cause, code, act));
    }

    test("ends with 142 by the deadline, and the lock stays the holder's", async () => {
      const run = await queue.waiting("deadline", "--deadline", "12s");
      expect((await run.ended).code).toBe(142);
      expect(run.record()).toMatchObject({ verdict: "stopped", cause: "deadline", cleanliness: null });
      expect(queue.isHeld()).toBe(true);
    });

    test("ends with 75 after --lock-timeout: the run is red and says for whom it waited", async () => {
      const run = await queue.waiting("patience", "--lock-timeout", "1s");
      expect((await run.ended).code).toBe(75);
      expect(run.record()).toMatchObject({ cleanliness: null, exitCode: 75 });
    });
  });
});

describe.concurrent("in teardown and after", { timeout: 90_000 }, () => {
  // Where abra cannot undeploy there is one more step: stops.slow.test.ts.
  const usual = teardownSteps.filter(({ title }) => title !== "tearingDown: forcing");

  test("every signal in every step is noted and changes nothing: the run passes and is clean", () => expectDeaf(...usual));

  test("a launcher that dies during teardown does not stop it", () =>
    inSandbox([{ when: "abra app undeploy", do: "slow:600" }], async (sandbox) => {
      const run = startEcho(sandbox, "--stages", "install");
      await run.says("tearingDown: undeploying");
      run.child.kill("SIGKILL");
      expect(await closed(run)).toMatchObject({ verdict: "passed", cleanliness: "clean", exitCode: 0 });
      expect(sandbox.leftovers()).toEqual([]);
    }));

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
