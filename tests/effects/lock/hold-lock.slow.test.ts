import { beforeAll, test } from "vitest";
import { end, hold, makeHolder } from "../../support/lock-holder.js";
import { childrenOf, isAlive, temporaryFolder, until } from "../../support/processes.js";
import { testWith } from "../../support/programs.js";
import { sendSignalIfThere } from "../../support/signal.js";
import { expectServedInOrder } from "./served-in-order.js";

beforeAll(makeHolder);

test("twenty waiters are served in the order in which they came", () => expectServedInOrder(20));

test("a helper that is SIGKILLed five times is replaced five times, and the waiter still gets the lock", async () => {
  const dir = temporaryFolder();
  const first = hold(dir, "first");
  await first.says("lock.held");
  const second = hold(dir, "second");
  await second.says("lock.busy");
  for (let round = 0; round < 5; round += 1) {
    // The one that is seen is the one that is killed: a second look may find none.
    let helper = 0;
    await until("a helper waits", () => {
      const [only, ...others] = childrenOf(second.pid);
      if (others.length === 0 && only !== undefined) helper = only;
      return helper > 0;
    });
    sendSignalIfThere(helper, "SIGKILL");
    await until("it is gone", () => !isAlive(helper));
  }
  await end(first);
  await second.says("lock.held");
  await end(second);
});

testWith("fs-ext")("without setpriv and flock on PATH a waiter polls, and still gets the lock", async () => {
  const dir = temporaryFolder();
  const first = hold(dir, "first");
  await first.says("lock.held");
  const second = hold(dir, "second", { PATH: "/nowhere" });
  await second.says("lock.busy");
  await end(first);
  await second.says("lock.held");
  await end(second);
});
