import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { HeldLocks } from "../../../src/effects/lock/held-locks.js";
import { lockPath } from "../../../src/effects/lock/lock-file.js";
import { lockQueue } from "../../../src/effects/lock/lock-queue.js";
import { probeLock } from "../../../src/effects/lock/probe-lock.js";
import { ask } from "../../support/children.js";
import { end, hold, holdAndWait, lockedApp, makeHolder } from "../../support/lock-holder.js";
import { childrenOf, isAlive, start, temporaryFolder, until } from "../../support/processes.js";
import { testWith } from "../../support/programs.js";
import { sendSignal } from "../../support/signal.js";
import { expectServedInOrder } from "./served-in-order.js";

const domain = lockedApp;

beforeAll(makeHolder);

const held = (path: string): boolean => ask("flock", ["--nonblock", path, "true"]).code !== 0;

const backends = [
  { backend: "fs-ext", test: testWith("fs-ext"), env: {} },
  { backend: "command", test: testWith(), env: { RECIPE_CI_FLOCK: "command" } },
] as const;

for (const { backend, test, env } of backends) {
  describe(`with ${backend}, a lock`, () => {
    test("passes to the waiter when its holder is SIGKILLed, and the waiter hears who held it", async () => {
      const dir = temporaryFolder();
      const first = hold(dir, "first", env);
      await first.says("lock.held");
      const second = hold(dir, "second", env);
      expect((await second.says("lock.busy")).card?.runId).toBe("first");
      expect(second.said().some(({ type }) => type === "lock.held")).toBe(false);
      first.kill("SIGKILL");
      expect((await second.says("lock.held")).previous?.runId).toBe("first");
      expect(JSON.parse(readFileSync(lockPath(dir, domain), "utf8"))).toMatchObject({ runId: "second", pid: second.pid });
      await end(first, second);
    });

    test("whose file was replaced during the wait is taken at the file that the path names now", async () => {
      const dir = temporaryFolder();
      const path = lockPath(dir, domain);
      const { first, second } = await holdAndWait(dir, env, env);
      rmSync(path);
      writeFileSync(path, "");
      first.kill("SIGKILL");
      await second.says("lock.held");
      expect(held(path)).toBe(true);
      await end(first, second);
    });

    test("is lost if somebody unlinks or replaces its file, and its holder is told", async () => {
      const dir = temporaryFolder();
      const holder = hold(dir, "only", env);
      await holder.says("lock.held");
      writeFileSync(join(dir, "other"), "");
      renameSync(join(dir, "other"), lockPath(dir, domain));
      await holder.says("lock.lost");
      await end(holder);
    });
  });
}

test("when a waiter is SIGKILLed, it leaves no helper, and the lock is untouched", async () => {
  const dir = temporaryFolder();
  const { first, second } = await holdAndWait(dir);
  await until("the helper waits", () => lockQueue(lockPath(dir, domain)).waiters.length === 1);
  const helpers = childrenOf(second.pid);
  expect(helpers).toHaveLength(1);
  await end(second);
  await until("the helper is gone", () => helpers.every((pid) => !isAlive(pid)));
  expect(held(lockPath(dir, domain))).toBe(true);
  await end(first);
});

// Twenty of them, and waiters whose helper is killed or missing: hold-lock.slow.test.ts.
test("when five processes wait for a lock, they get it in the order in which they came", () => expectServedInOrder(5), 60_000);

test("when a child outlives its run, it does not keep the lock, as no child inherits the descriptor", async () => {
  const dir = temporaryFolder();
  const holder = hold(dir, "only");
  await holder.says("lock.held");
  const waiting = hold(dir, "waiting");
  await waiting.says("lock.busy");
  await until("the helper waits", () => childrenOf(waiting.pid).length === 1);
  const files = readdirSync(`/proc/${holder.pid}/fd`).map((fd) => readlinkSync(`/proc/${holder.pid}/fd/${fd}`));
  expect(files).toContain(lockPath(dir, domain));
  await end(holder);
  await waiting.says("lock.held");
  const [helper] = childrenOf(waiting.pid);
  expect(helper).toBeUndefined();
  await end(waiting);
});

test("when there is neither fs-ext nor flock, taking a lock fails with 69 and the hint says what to install", async () => {
  const holder = hold(temporaryFolder(), "only", { RECIPE_CI_FLOCK: "command", PATH: "/nowhere" });
  expect((await holder.says("lock.failed")).failure).toMatchObject({
    code: "no-flock",
    exitCode: 69,
    hint: expect.stringContaining("util-linux") as unknown,
  });
  await end(holder);
});

test("when the lock file cannot be opened, taking the lock fails with exit code 2", async () => {
  const dir = temporaryFolder();
  mkdirSync(lockPath(dir, domain));
  const holder = hold(dir, "only");
  expect((await holder.says("lock.failed")).failure).toMatchObject({ code: "lock-unusable", exitCode: 2 });
  await end(holder);
});

describe("beside other programs", () => {
  test("flock(1) and a run keep each other out", async () => {
    const dir = temporaryFolder();
    const path = lockPath(dir, domain);
    const other = start("flock", ["--exclusive", path, "sleep", "60"]);
    await until("flock has it", () => existsSync(path) && held(path));
    const ours = hold(dir, "ours");
    expect((await ours.says("lock.busy")).card?.runId).toBeNull();
    sendSignal(-other.pid, "SIGKILL");
    await ours.says("lock.held");
    expect(held(path)).toBe(true);
    await end(ours);
    await other.ended;
  });

  testWith("python3")("python's fcntl.flock and a run keep each other out", async () => {
    const dir = temporaryFolder();
    const path = lockPath(dir, domain);
    const take = "import fcntl,sys,time\nf=open(sys.argv[1],'a+')\nfcntl.flock(f,fcntl.LOCK_EX)\nprint('held',flush=True)\ntime.sleep(60)";
    const other = start("python3", ["-c", take, path]);
    await until("python has it", () => other.stdout().includes("held"));
    const ours = hold(dir, "ours");
    await ours.says("lock.busy");
    const blocked = start("python3", ["-c", take, path]);
    await until("both wait", () => lockQueue(path).waiters.length === 2);
    await end(other);
    await ours.says("lock.held");
    expect(blocked.stdout()).toBe("");
    await end(ours);
    await until("python has it after us", () => blocked.stdout().includes("held"));
    await end(blocked);
  });
});

describe("a probe", () => {
  const probed = (dir: string, create = true) => {
    const locks = new HeldLocks();
    const probe = probeLock(dir, domain, locks, create);
    return { locks, probe };
  };

  test("of a held lock finds who holds it and since when, and takes nothing", async () => {
    const dir = temporaryFolder();
    const holder = hold(dir, "live");
    await holder.says("lock.held");
    const { probe, locks } = probed(dir);
    expect(probe).toMatchObject({ kind: "held", card: { runId: "live" } });
    expect(locks.get(domain)).toBeUndefined();
    await end(holder);
  });

  testWith("root")("of a file that this user may not open says that it is held where it is, and never that the app is free", async () => {
    const dir = temporaryFolder();
    chmodSync(dir, 0o755);
    const holder = hold(dir, "live");
    await holder.says("lock.held");
    const asNobody = (): string => {
      process.seteuid?.(65_534);
      try {
        return probed(dir, false).probe.kind;
      } finally {
        process.seteuid?.(0);
      }
    };
    expect(asNobody()).toBe("held");
    expect(lockQueue(lockPath(dir, domain)).holder).toBe(holder.pid);
    await end(holder);
    expect(asNobody()).toBe("unusable");
  });

  test("takes a lock that nobody holds, keeps others out until it is released, and can unlink it", () => {
    const dir = temporaryFolder();
    const { probe, locks } = probed(dir);
    expect(probe.kind).toBe("ours");
    expect(held(lockPath(dir, domain))).toBe(true);
    expect(locks.unlink(domain)).toBe(true);
    expect(existsSync(lockPath(dir, domain))).toBe(false);
    locks.releaseAll();
  });

  test("does not unlink a file that replaced its own", () => {
    const dir = temporaryFolder();
    const { locks } = probed(dir);
    rmSync(lockPath(dir, domain));
    writeFileSync(lockPath(dir, domain), "another run's");
    expect(locks.unlink(domain)).toBe(false);
    expect(statSync(lockPath(dir, domain)).size).toBeGreaterThan(0);
    locks.releaseAll();
  });

  test("that only looks creates no file", () => {
    const dir = temporaryFolder();
    expect(probed(dir, false).probe).toEqual({ kind: "free" });
    expect(readdirSync(dir)).toEqual([]);
  });

  test("of a folder, of a symlink or in a missing folder says so and does not throw", () => {
    const dir = temporaryFolder();
    mkdirSync(lockPath(dir, domain));
    expect(probed(dir).probe.kind).toBe("unusable");
    rmdirSync(lockPath(dir, domain));
    symlinkSync("/etc/passwd", lockPath(dir, domain));
    expect(probed(dir).probe.kind).toBe("unusable");
    expect(probed(join(dir, "nowhere")).probe.kind).toBe("unusable");
  });
});
