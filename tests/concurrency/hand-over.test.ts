import { setTimeout as pause } from "node:timers/promises";
import { beforeAll, expect, test } from "vitest";
import { HeldLocks } from "../../src/effects/lock/held-locks.js";
import { probeLock } from "../../src/effects/lock/probe-lock.js";
import { bundleFixture } from "../support/bundle.js";
import { end, hold, lockedApp, makeHolder } from "../support/lock-holder.js";
import { start, temporaryFolder, until } from "../support/processes.js";

beforeAll(makeHolder);

test("a waiter is not starved by janitors that probe without a pause", async () => {
  const dir = temporaryFolder();
  const prober = await bundleFixture("tests/support/fixtures/lock-prober.ts");
  const first = hold(dir, "first");
  await first.says("lock.held");
  const probers = [0, 1].map(() => start(process.execPath, [prober, dir, lockedApp]));
  await Promise.all(probers.map(({ says }) => says("probing")));
  const second = hold(dir, "second");
  await second.says("lock.busy");
  await end(first);
  await second.says("lock.held");
  await end(second, ...probers);
});

/** The project `slow` sets HAND_OVER_ROUNDS=50. */
const rounds = Number(process.env["HAND_OVER_ROUNDS"] ?? 2);

test(
  `a TERM around the moment of the hand-over, ${rounds} times: the waiter ends with 143, and the lock is free`,
  { timeout: 600_000 },
  async () => {
    const dir = temporaryFolder();
    for (let round = 0; round < rounds; round += 1) {
      const first = hold(dir, `first-${round}`);
      await first.says("lock.held");
      const second = hold(dir, `second-${round}`);
      await second.says("lock.busy");
      // The rounds cover the time from 3 ms before the hand-over to 3 ms after it.
      const offsetMs = (round * 6) / rounds - 3;
      if (offsetMs < 0) {
        second.kill("SIGTERM");
        await pause(-offsetMs);
        first.kill("SIGKILL");
      } else {
        first.kill("SIGKILL");
        await pause(offsetMs);
        second.kill("SIGTERM");
      }
      expect((await second.ended).code).toBe(143);
      await first.ended;
      const held = new HeldLocks();
      await until("the lock is free", () => probeLock(dir, lockedApp, held, false).kind === "ours");
      held.release(lockedApp);
    }
  },
);
