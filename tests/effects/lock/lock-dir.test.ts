import { chmodSync, chownSync, closeSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { assertLockDir } from "../../../src/effects/lock/lock-dir.js";
import { readHolderCard } from "../../../src/effects/lock/card.js";
import { HeldLocks } from "../../../src/effects/lock/held-locks.js";
import { lockPath, openLockFile } from "../../../src/effects/lock/lock-file.js";
import { probeLock } from "../../../src/effects/lock/probe-lock.js";
import type { Domain, LockCard } from "../../../src/machines/vocabulary.js";
import { ask } from "../../support/children.js";
import { temporaryFolder } from "../../support/processes.js";
import { testWith } from "../../support/programs.js";

test("a lock folder on a local file system is accepted, and nothing is left in it", () => {
  const dir = temporaryFolder();
  expect(() => assertLockDir(dir)).not.toThrow();
  expect(readdirSync(dir)).toEqual([]);
});

test("when the lock folder is missing or a file, it is refused with exit code 2 and the next step", () => {
  const dir = temporaryFolder();
  expect(() => assertLockDir(join(dir, "nowhere"))).toThrowError(
    expect.objectContaining({ code: "lock-dir-unusable", exitCode: 2, message: expect.stringMatching(/: it is not there$/) as unknown }),
  );
  writeFileSync(join(dir, "file"), "");
  expect(() => assertLockDir(join(dir, "file"))).toThrowError(
    expect.objectContaining({ hint: expect.stringContaining("CCCI_APP_LOCK_DIR") as unknown }),
  );
});

testWith("root")("another user's lock file in a sticky folder can be opened", () => {
  const dir = temporaryFolder();
  chmodSync(dir, 0o1777);
  const file = join(dir, "lock");
  writeFileSync(file, "", { mode: 0o666 });
  chmodSync(file, 0o666);
  chownSync(file, 65_534, 65_534);
  const fd = openLockFile(file, true);
  expect(fd).not.toBeNull();
  closeSync(fd ?? 0);
});

testWith("root")("a user who may not write where the locks are cannot hold one of ours, though whoever may read a file may lock it", () => {
  const dir = temporaryFolder();
  chmodSync(dir, 0o755);
  const file = join(dir, "lock");
  const before = process.umask(0);
  closeSync(openLockFile(file, true) ?? 0);
  process.umask(before);
  const asNobody = (): number | null =>
    ask("setpriv", ["--reuid", "65534", "--regid", "65534", "--clear-groups", "flock", "--nonblock", "--exclusive", file, "true"]).code;
  expect(asNobody()).not.toBe(0);
  chmodSync(file, 0o644);
  expect(asNobody()).toBe(0);
});

testWith("root")("the card in a file that another user owns, or may write, is shown and not acted on", () => {
  const [dir, domain] = [temporaryFolder(), "blog-facade.ci.example.com" as Domain];
  const file = lockPath(dir, domain);
  const cardOf = (): LockCard | null | undefined => {
    const held = new HeldLocks();
    const probe = probeLock(dir, domain, held, false);
    held.releaseAll();
    return probe.kind === "ours" ? probe.card : undefined;
  };
  writeFileSync(file, JSON.stringify({ runId: "7", pid: process.pid }), { mode: 0o644 });
  expect(cardOf()).toMatchObject({ runId: "7" });
  chmodSync(file, 0o666);
  expect(cardOf()).toBeNull();
  chmodSync(file, 0o644);
  chownSync(file, 65_534, 65_534);
  expect(cardOf()).toBeNull();
  const fd = openLockFile(file, false);
  expect(readHolderCard(fd ?? 0)).toMatchObject({ runId: "7" });
  closeSync(fd ?? 0);
});
