import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { lockPath } from "../../../src/effects/lock/lock-file.js";
import { lockQueue } from "../../../src/effects/lock/lock-queue.js";
import { end, hold, holdAndWait, lockedApp, makeHolder } from "../../support/lock-holder.js";
import { childrenOf, isAlive, temporaryFolder, until } from "../../support/processes.js";
import { testWith } from "../../support/programs.js";
import { sendSignal, sendSignalIfThere } from "../../support/signal.js";
import { expectServedInOrder } from "./served-in-order.js";

beforeAll(makeHolder);

test("twenty waiters are served in the order in which they came", () => expectServedInOrder(20));

test("when a waiter's helper is SIGKILLed five times, it is replaced each time and the waiter still gets the lock", async () => {
  const dir = temporaryFolder();
  const { first, second } = await holdAndWait(dir);
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

test("when somebody stops a waiter's helper, it is replaced and the waiter still gets the lock", async () => {
  const dir = temporaryFolder();
  const { first, second } = await holdAndWait(dir);
  await until("the helper waits", () => lockQueue(lockPath(dir, lockedApp)).waiters.length === 1);
  const [helper = 0] = childrenOf(second.pid);
  sendSignal(helper, "SIGSTOP");
  await end(first);
  await second.says("lock.held");
  expect(isAlive(helper)).toBe(false);
  await end(second);
});

test("when a flock program does not end, it is killed and started again", async () => {
  const dir = temporaryFolder();
  const once = join(dir, "hung-once");
  writeFileSync(
    join(dir, "flock"),
    `#!/bin/sh\n[ ! -e '${once}' ] || { PATH='${process.env["PATH"] ?? ""}'; exec flock "$@"; }\n: >'${once}'\nexec sleep 600\n`,
    { mode: 0o755 },
  );
  const holder = hold(dir, "only", { RECIPE_CI_FLOCK: "command", PATH: `${dir}:${process.env["PATH"] ?? ""}` });
  await holder.says("lock.held");
  await end(holder);
});

testWith("fs-ext")("without setpriv and flock on PATH a waiter polls, and still gets the lock", async () => {
  const dir = temporaryFolder();
  const { first, second } = await holdAndWait(dir, { PATH: "/nowhere" });
  await end(first);
  await second.says("lock.held");
  await end(second);
});
