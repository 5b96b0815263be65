import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { createActor, toPromise } from "xstate";
import { expect, test } from "vitest";
import { sweepLockFiles } from "../../../src/effects/janitor/sweep-lock-files.js";
import { HeldLocks } from "../../../src/effects/lock/held-locks.js";
import { temporaryFolder } from "../../support/processes.js";

const zone = "sandbox.localhost";

/** A folder with so many lock files that nobody holds, and the actor that sweeps it. */
const sweeping = (count: number) => {
  const lockDir = temporaryFolder();
  for (let n = 0; n < count; n += 1) writeFileSync(join(lockDir, `cc-ci-app-echo-${n.toString(16).padStart(6, "0")}.${zone}.lock`), "");
  const actor = createActor(sweepLockFiles({ lockDir, runsDir: temporaryFolder(), zone, held: new HeldLocks() }), {
    input: { keep: [], dryRun: false },
  });
  return { actor: actor.start(), left: () => readdirSync(lockDir).length };
};

test("all that nobody holds is swept, however many there are", async () => {
  const { actor, left } = sweeping(45);
  expect((await toPromise(actor)).swept).toHaveLength(45);
  expect(left()).toBe(0);
});

test("a sweep of many files lets others be heard, and ends when it is told to", async () => {
  const { actor, left } = sweeping(100);
  await turn();
  actor.stop();
  const then = left();
  expect(then).toBeGreaterThan(0);
  await turn();
  await turn();
  expect(left()).toBe(then);
});
