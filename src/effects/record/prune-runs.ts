import { lstatSync, readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../../machines/errors.js";
import { readLedgers } from "../ledger/ledger-file.js";
import { readRun, seemsAlive } from "./read-runs.js";
import type { RunRecordFile } from "./run-record.js";
import { bestEffort } from "./best-effort.js";
import { assertOwnRunsDir, namesInRunsDir } from "./run-dir.js";
import { assertUnmounted, removeTree } from "../files/remove.js";

interface PruneSettings {
  readonly runsDir: string;
  /** How many of the newest runs stay, whatever their age. */
  readonly keepNewest: number;
  /** Only runs that began longer ago than this may be removed. ms */
  readonly olderThanMs: number;
  readonly dryRun: boolean;
  readonly now: number;
  /** How many folders to remove at most, the oldest first; all if not given. */
  readonly most?: number;
}

interface Pruned {
  /** Ids of the runs whose folders were removed, or would be. */
  readonly removed: readonly string[];
  readonly kept: readonly { readonly runId: string; readonly why: string }[];
  /** What could not be removed, and why. */
  readonly failed: readonly { readonly runId: string; readonly why: string }[];
}

/**
 * Prefix of a folder that is being removed. It is renamed first, so that no reader sees half a run; a killed prune leaves it to the next.
 */
const doomedPrefix = ".pruned-";

/** Why a run's folder must stay, or null. What a run left is found by its ledger, which stays until the app is verified to be gone. */
const reasonToKeep = (runDir: string, run: RunRecordFile): string | null => {
  if (seemsAlive(runDir, run)) return "it is still running";
  const ledgers = readLedgers(runDir);
  const open: string[] = ledgers.filter(({ closedAt }) => closedAt === null).map(({ domain }) => domain);
  if (ledgers.length === 0 && run.cleanliness === "dirty") open.push(run.domain ?? "");
  return open.length === 0 ? null : `its app ${open.join(", ")} is not known to be gone`;
};

/** Clocks differ by minutes, or by hours if one has the wrong zone. */
const clocksDifferMs = 24 * 3_600_000;

/**
 * When a run began. If the date is further ahead than clocks differ, or invalid, the run counts as older than all
 * others, or it would stay for ever.
 */
const beganMs = ({ startedAt }: RunRecordFile, now: number): number => {
  const ms = Date.parse(startedAt);
  return ms <= now + clocksDifferMs ? ms : Number.NEGATIVE_INFINITY;
};

const newestFirst =
  (now: number) =>
  (a: { readonly run: RunRecordFile }, b: { readonly run: RunRecordFile }): number =>
    beganMs(b.run, now) - beganMs(a.run, now) || b.run.startedAt.localeCompare(a.run.startedAt);

const runsIn = (runsDir: string, now: number): readonly { readonly name: string; readonly run: RunRecordFile }[] =>
  namesInRunsDir(runsDir)
    .filter((name) => name !== "apps" && !name.startsWith(doomedPrefix))
    .flatMap((name) => {
      const run = readRun(join(runsDir, name));
      return run === null ? [] : [{ name, run }];
    })
    .sort(newestFirst(now));

const doomedName = (name: string): string => `${doomedPrefix}${process.pid}-${name}`;

/** If two processes remove it, only one succeeds with the rename. */
const remove = (runsDir: string, name: string): void => {
  const doomed = join(runsDir, doomedName(name));
  assertUnmounted(join(runsDir, name));
  renameSync(join(runsDir, name), doomed);
  removeTree(doomed);
};

const isThere = (path: string): boolean => bestEffort(() => lstatSync(path)) !== null;

const finishEarlierOnes = (runsDir: string): void => {
  for (const name of bestEffort(() => readdirSync(runsDir)) ?? []) {
    if (name.startsWith(doomedPrefix)) bestEffort(() => removeTree(join(runsDir, name)));
  }
};

/**
 * Removes the folders of runs that are over. Folders without a run's record stay: we do not know whose they are.
 *
 * Two at once do no harm. Throws `runs-dir-unusable`, exit code 2.
 */
export const pruneRuns = ({ runsDir, keepNewest, olderThanMs, dryRun, now, most = Infinity }: PruneSettings): Pruned => {
  const runs = runsIn(runsDir, now);
  if (isThere(runsDir)) assertOwnRunsDir(runsDir);
  if (!dryRun) finishEarlierOnes(runsDir);
  const removed: string[] = [];
  const kept: { runId: string; why: string }[] = [];
  const failed: { runId: string; why: string }[] = [];
  for (const { name, run } of runs.slice(keepNewest).toReversed()) {
    if (removed.length >= most) break;
    if (now - beganMs(run, now) <= olderThanMs) continue;
    const why = reasonToKeep(join(runsDir, name), run);
    if (why !== null) {
      kept.push({ runId: name, why });
      continue;
    }
    try {
      if (!dryRun) remove(runsDir, name);
      removed.push(name);
    } catch (error) {
      if ([name, doomedName(name)].some((left) => isThere(join(runsDir, left)))) failed.push({ runId: name, why: messageOf(error) });
    }
  }
  return { removed, kept, failed };
};
