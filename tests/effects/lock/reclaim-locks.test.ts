import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createActor, toPromise } from "xstate";
import { expect, onTestFinished, test } from "vitest";
import { createChildRegistry } from "../../../src/effects/children/registry.js";
import { HeldLocks } from "../../../src/effects/lock/held-locks.js";
import { lockPath } from "../../../src/effects/lock/lock-file.js";
import { probeLock } from "../../../src/effects/lock/probe-lock.js";
import { reclaimLocks } from "../../../src/effects/lock/reclaim-locks.js";
import type { Domain } from "../../../src/machines/vocabulary.js";
import { temporaryFolder } from "../../support/processes.js";

const app = "note-abc123.test.example" as Domain;
const dep = "auth-abc123.test.example" as Domain;

const holding = () => {
  const [lockDir, held] = [temporaryFolder(), new HeldLocks()];
  onTestFinished(() => held.releaseAll());
  for (const domain of [app, dep]) expect(probeLock(lockDir, domain, held, true).kind).toBe("ours");
  const replace = (domain: Domain): string => {
    writeFileSync(join(lockDir, "other"), "");
    renameSync(join(lockDir, "other"), lockPath(lockDir, domain));
    return lockPath(lockDir, domain);
  };
  const scope = createChildRegistry().scope("work");
  const reclaim = () => toPromise(createActor(reclaimLocks({ lockDir, held, scope }), { input: { domains: [app, dep] } }).start());
  return { lockDir, held, replace, reclaim };
};

test("when an app's lock file was replaced and nobody has taken the lock, the run takes it again", async () => {
  const { held, replace, reclaim } = holding();
  replace(dep);
  expect(held.isStillMine(dep)).toBe(false);
  expect(await reclaim()).toBe("ours");
  expect([app, dep].map((domain) => held.isStillMine(domain))).toEqual([true, true]);
});

test("when another run has taken one of the run's apps, the run may touch none of them", async () => {
  const { lockDir, replace, reclaim } = holding();
  replace(dep);
  const others = new HeldLocks();
  onTestFinished(() => others.releaseAll());
  expect(probeLock(lockDir, dep, others, true).kind).toBe("ours");
  expect(await reclaim()).toBe("taken");
});
