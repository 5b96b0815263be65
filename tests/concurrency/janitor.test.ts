import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { startProcess } from "../support/children.js";
import { isHeld } from "../support/locks.js";
import { until } from "../support/processes.js";
import { sendSignal } from "../support/signal.js";
import { bedForEach, orphan, outcomes } from "./janitor-bed.js";

// janitor.slow.test.ts tests what a janitor reaps and what it leaves in the rarer cases.

vi.setConfig({ testTimeout: 60_000 });

const bed = bedForEach();

test("an orphan is reaped, once, and its lock file unlinked", async () => {
  bed().leaveEnv(orphan);
  mkdirSync(bed().locks);
  writeFileSync(bed().lockOf(orphan), "");
  const first = await bed().janitor();
  expect(outcomes(first)).toEqual([`${orphan} reaped`]);
  expect(existsSync(bed().lockOf(orphan))).toBe(false);
  expect(first.code).toBe(0);
  expect(outcomes(await bed().janitor())).toEqual([]);
});

test("a dry run reports the same as a real one, removes nothing, makes no lock file, and exits with 3", async () => {
  bed().leaveEnv(orphan);
  const dry = await bed().janitor("--dry-run");
  expect(outcomes(dry)).toEqual([`${orphan} would-reap`]);
  expect(dry.code).toBe(3);
  expect(readdirSync(bed().locks)).toEqual([]);
  expect(bed().sandbox.leftovers()).toEqual([`${orphan}.env`]);
});

test("two janitors at once reap an orphan once", async () => {
  bed().leaveEnv(orphan);
  bed().faults({ when: "docker info", do: "slow:1" });
  const both = await Promise.all([bed().janitor(), bed().janitor()]);
  const kinds = both.flatMap(outcomes).filter((line) => line.endsWith(" reaped"));
  expect(kinds).toEqual([`${orphan} reaped`]);
  expect(both.map(({ code }) => code)).toEqual([0, 0]);
  expect(bed().sandbox.leftovers()).toEqual([]);
});

test("a lock held for more than two hours is flagged and never stolen", async () => {
  bed().leaveEnv(orphan);
  mkdirSync(bed().locks);
  const holder = startProcess("flock", ["--exclusive", bed().lockOf(orphan), "sleep", "60"]);
  try {
    await until("the lock is held", () => isHeld(bed().lockOf(orphan)));
    const old = new Date(Date.now() - 121 * 60_000);
    utimesSync(bed().lockOf(orphan), old, old);
    const { reaps, code } = await bed().janitor();
    expect(reaps[0]?.outcome).toMatchObject({ kind: "kept", held: true, warning: "possible leaked run: held for 121 minutes" });
    expect(code).toBe(0);
    expect(bed().sandbox.leftovers()).toEqual([`${orphan}.env`]);
  } finally {
    sendSignal(-holder.pid, "SIGKILL");
  }
});

test("a missing lock folder is a clear error with exit code 2", async () => {
  const { code, stderr } = await bed().sandbox.run(["janitor", "--zone", "x.test"], {
    CCCI_APP_LOCK_DIR: join(bed().sandbox.root, "nowhere"),
    CCCI_RUNS_DIR: join(bed().sandbox.root, "runs"),
  });
  expect(stderr).toContain("lock folder");
  expect(code).toBe(2);
});

test("a lock file without an app is removed if nobody holds it, and left if somebody does", async () => {
  mkdirSync(bed().locks);
  writeFileSync(bed().lockOf(orphan), "");
  const heldOne = bed().lockOf("echo-00000b.sandbox.localhost");
  const holder = startProcess("flock", ["--exclusive", heldOne, "sleep", "60"]);
  try {
    await until("the lock is held", () => isHeld(heldOne));
    const { swept, code } = await bed().janitor();
    expect(swept).toEqual([orphan]);
    expect(existsSync(bed().lockOf(orphan))).toBe(false);
    expect(existsSync(heldOne)).toBe(true);
    expect(code).toBe(0);
  } finally {
    sendSignal(-holder.pid, "SIGKILL");
  }
});
