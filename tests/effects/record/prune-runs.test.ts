import { existsSync, mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { pruneRuns } from "../../../src/effects/record/prune-runs.js";
import type { RunRecordFile } from "../../../src/effects/record/run-record.js";
import { isHeld } from "../../support/locks.js";
import { start, temporaryFolder, until } from "../../support/processes.js";
import { testUnless } from "../../support/programs.js";
import { canMount, mountSmallDisk } from "../../support/small-disk.js";
import { sampleRecord } from "../../support/run-record.js";
import { sendSignal } from "../../support/signal.js";

const now = Date.parse("2026-02-01T00:00:00.000Z");
const dayMs = 24 * 3_600_000;

const clean: Partial<RunRecordFile> = { exitCode: 0, verdict: "passed", cleanliness: "clean", finishedAt: "2026-01-01T00:05:00.000Z" };

/** A folder of runs that began the given numbers of days ago. */
const runsFolder = (runs: Readonly<Record<string, { readonly daysAgo: number } & Partial<RunRecordFile>>>): string => {
  const runsDir = temporaryFolder();
  for (const [runId, { daysAgo, ...changes }] of Object.entries(runs)) {
    mkdirSync(join(runsDir, runId));
    const record = { ...sampleRecord, ...clean, runId, startedAt: new Date(now - daysAgo * dayMs).toISOString(), ...changes };
    writeFileSync(join(runsDir, runId, "run.json"), JSON.stringify(record));
  }
  return runsDir;
};

const openLedger = (runDir: string, closedAt: string | null): void => {
  const { domain, stack } = sampleRecord;
  writeFileSync(
    join(runDir, "ledger.json"),
    JSON.stringify({ schema: 1, domain, stack, takenAt: sampleRecord.startedAt, closedAt, foreign: [], own: [], named: {}, nodes: [] }),
  );
};

const pruned = (
  runsDir: string,
  asked: { readonly keepNewest?: number; readonly olderThanMs?: number; readonly dryRun?: boolean; readonly most?: number },
) => pruneRuns({ runsDir, keepNewest: 0, olderThanMs: Number.NEGATIVE_INFINITY, dryRun: false, now, ...asked });

test("a prune keeps the newest runs, removes the others, and touches nothing else in the folder", () => {
  const runsDir = runsFolder({ old: { daysAgo: 30 }, older: { daysAgo: 40 }, new: { daysAgo: 1 } });
  mkdirSync(join(runsDir, "apps"));
  mkdirSync(join(runsDir, "somebody-elses"));
  expect(pruned(runsDir, { keepNewest: 1 }).removed).toEqual(["older", "old"]);
  expect(readdirSync(runsDir).toSorted()).toEqual(["apps", "new", "somebody-elses"]);
});

test("when a prune is given an age, it keeps all younger runs, however many they are", () => {
  const runsDir = runsFolder({ old: { daysAgo: 30 }, new: { daysAgo: 1 } });
  expect(pruned(runsDir, { olderThanMs: 14 * dayMs }).removed).toEqual(["old"]);
});

test("a dry run lists the runs that would go and removes nothing", () => {
  const runsDir = runsFolder({ old: { daysAgo: 30 } });
  expect(pruned(runsDir, { dryRun: true }).removed).toEqual(["old"]);
  expect(existsSync(join(runsDir, "old"))).toBe(true);
});

test("when the runs folder is missing, nothing is removed; when it cannot be read, the prune fails with exit code 2", () => {
  const folder = temporaryFolder();
  expect(pruned(join(folder, "none-yet"), {})).toEqual({ removed: [], kept: [], failed: [] });
  writeFileSync(join(folder, "a-file"), "");
  expect(() => pruned(join(folder, "a-file"), {})).toThrow(expect.objectContaining({ code: "runs-dir-unusable", exitCode: 2 }));
});

test("a living run is kept, however old it is", () => {
  const runsDir = runsFolder({ live: { daysAgo: 90, exitCode: null, verdict: null, cleanliness: null, pid: process.pid } });
  expect(pruned(runsDir, {})).toMatchObject({ removed: [], kept: [{ runId: "live", why: "it is still running" }] });
});

test("a run is kept while a process holds its folder, even if no process here has its pid", async () => {
  const runsDir = runsFolder({ elsewhere: { daysAgo: 90, exitCode: null, verdict: null, cleanliness: null, pid: 2 ** 22 + 1 } });
  const holder = start("flock", ["--exclusive", join(runsDir, "elsewhere"), "sleep", "60"]);
  await until("it is held", () => isHeld(join(runsDir, "elsewhere")));
  expect(pruned(runsDir, {})).toMatchObject({ removed: [], kept: [{ runId: "elsewhere", why: "it is still running" }] });
  sendSignal(-holder.pid, "SIGKILL");
  await holder.ended;
  expect(pruned(runsDir, {}).removed).toEqual(["elsewhere"]);
});

test("when a run's date is invalid or in the future, the run counts as the oldest", () => {
  const runs = {
    ahead: { daysAgo: -3_000 },
    dateless: { daysAgo: 0, startedAt: "soon" },
    ofAClockThatIsFast: { daysAgo: -0.5 },
    old: { daysAgo: 30 },
    new: { daysAgo: 1 },
  };
  expect(pruned(runsFolder(runs), { keepNewest: 3 }).removed.toSorted()).toEqual(["ahead", "dateless"]);
  expect(pruned(runsFolder(runs), { olderThanMs: 14 * dayMs }).removed.toSorted()).toEqual(["ahead", "dateless", "old"]);
});

test("a run is kept while its ledger is open, as its leftovers are found by that, and may go once it is closed", () => {
  const killed = { daysAgo: 90, exitCode: null, verdict: null, cleanliness: null, pid: 2 ** 22 + 1 };
  const runsDir = runsFolder({ killed, reaped: killed, dirty: { daysAgo: 90, exitCode: 3, cleanliness: "dirty" } });
  openLedger(join(runsDir, "killed"), null);
  openLedger(join(runsDir, "reaped"), "2026-01-02T00:00:00.000Z");
  const { removed, kept } = pruned(runsDir, {});
  expect(removed).toEqual(["reaped"]);
  expect(kept.map(({ runId }) => runId).toSorted()).toEqual(["dirty", "killed"]);
});

test("when a prune was killed, the next one removes the folders that it had renamed", () => {
  const runsDir = runsFolder({});
  mkdirSync(join(runsDir, ".pruned-7-old"));
  pruned(runsDir, {});
  expect(readdirSync(runsDir)).toEqual([]);
});

test("a prune removes the oldest runs first, and only so many at once", () => {
  const runsDir = runsFolder({ a: { daysAgo: 3 }, b: { daysAgo: 2 }, c: { daysAgo: 1 } });
  expect(pruned(runsDir, { most: 2 }).removed).toEqual(["a", "b"]);
});

testUnless(canMount() ? null : "nothing can be mounted here (run the tests as root)")(
  "a folder that something is mounted in stays as it is, with what is mounted there, and is told",
  () => {
    const runsDir = runsFolder({ old: { daysAgo: 30 }, older: { daysAgo: 40 } });
    const disk = mountSmallDisk(join(runsDir, "old", "a b"), "64k");
    try {
      writeFileSync(join(runsDir, "old", "a b", "precious"), "");
      expect(pruned(runsDir, {})).toMatchObject({
        removed: ["older"],
        failed: [{ runId: "old", why: expect.stringContaining("a file system is mounted at") as string }],
      });
      // As a prune leaves it that was killed: what was renamed.
      renameSync(join(runsDir, "old"), join(runsDir, ".pruned-1-old"));
      pruned(runsDir, {});
      expect(readdirSync(join(runsDir, ".pruned-1-old")).toSorted()).toEqual(["a b", "run.json"]);
      expect(readdirSync(join(runsDir, ".pruned-1-old", "a b"))).toEqual(["precious"]);
    } finally {
      if (existsSync(join(runsDir, ".pruned-1-old"))) renameSync(join(runsDir, ".pruned-1-old"), join(runsDir, "old"));
      disk.remove();
    }
  },
);

test("when a link looks like a run, the link is removed and its target is not", () => {
  const elsewhere = runsFolder({ home: { daysAgo: 30 } });
  const runsDir = runsFolder({});
  symlinkSync(join(elsewhere, "home"), join(runsDir, "5"));
  expect(pruned(runsDir, {}).removed).toEqual(["5"]);
  expect(readdirSync(runsDir)).toEqual([]);
  expect(existsSync(join(elsewhere, "home", "run.json"))).toBe(true);
});
