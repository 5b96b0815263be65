import { expect } from "vitest";
import { lockPath } from "../../../src/effects/lock/lock-file.js";
import { lockQueue } from "../../../src/effects/lock/lock-queue.js";
import { end, hold, type Holder, lockedApp } from "../../support/lock-holder.js";
import { temporaryFolder, until, type Started } from "../../support/processes.js";

/** Expects that this many processes get a lock in the order in which they began to wait for it. */
export const expectServedInOrder = async (many: number): Promise<void> => {
  const dir = temporaryFolder();
  const path = lockPath(dir, lockedApp);
  const first = hold(dir, "first");
  await first.says("lock.held");
  const waiters: Holder[] = [];
  for (let index = 0; index < many; index += 1) {
    const waiter = hold(dir, `w${index}`);
    waiters.push(waiter);
    await until(`waiter ${index} is in the queue`, () => lockQueue(path).waiters.length === index + 1);
  }
  expect(lockQueue(path)).toEqual({ holder: first.pid, waiters: waiters.map(({ pid }) => pid) });
  let holder: Pick<Started, "kill" | "ended"> = first;
  for (const waiter of waiters) {
    await end(holder);
    await waiter.says("lock.held");
    holder = waiter;
  }
  await end(holder);
};
