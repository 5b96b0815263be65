import { join } from "node:path";
import type { Logger } from "pino";
import { messageOf } from "../../machines/errors.js";
import { assertSpace, spaceNeeds } from "../../effects/host/disk-space.js";
import { assertLockDir, makeLockDir } from "../../effects/lock/lock-dir.js";
import { judgeLimits } from "../../effects/policy/judge-apart.js";
import type { Manifest } from "../../effects/recipe/manifest.js";
import { openLog } from "../../effects/record/log.js";
import { takeRoom } from "../../effects/record/last-room.js";
import { readRun } from "../../effects/record/read-runs.js";
import { makeRunDir, makeRunsDir } from "../../effects/record/run-dir.js";
import { holdRunFolder } from "../../effects/record/run-folder.js";
import { RunRecord } from "../../effects/record/run-record.js";
import type { Prepared } from "../../machines/run/run.types.js";
import type { RunId } from "../../machines/vocabulary.js";
import type { Io } from "../io.js";
import { createRenderer } from "../render/create-renderer.js";
import type { Renderer } from "../render/renderer.js";
import { installation } from "../settings/installation.js";
import type { RunSettings } from "../settings/run-settings.js";
import { createHost, type Host } from "../wiring/host.js";
import { initialRecord } from "./initial-record.js";

/** What a run has from before its chart starts until its process ends. */
export interface OpenRun {
  readonly runId: RunId;
  readonly runDir: string;
  /** The run's own ABRA_DIR, which contains the clone. */
  readonly abraDir: string;
  readonly host: Host;
  readonly record: RunRecord;
  readonly renderer: Renderer;
  /** The log of the actor `run`. */
  readonly log: Logger;
  /** Prints a line for people and logs it. */
  readonly note: (line: string) => void;
  /** Tells people, once for each file: the log may be on the same disk. */
  readonly onUnwritten: (name: string, error: unknown) => void;
  /** What was prepared; undefined before. */
  readonly prepared: () => Prepared | undefined;
  /** The settings as resolved, without secrets; null before. */
  readonly manifest: () => Manifest | null;
  readonly onPrepared: (prepared: Prepared, manifest: Manifest) => void;
}

export const chartPicture = join(installation, "statecharts", "run.svg");

/** Throws, before anything is touched, if a folder that the run needs is not usable. */
export const assertFolders = (settings: RunSettings): void => {
  if (settings.sandbox !== null) makeLockDir(settings.lockDir);
  assertLockDir(settings.lockDir);
  makeRunsDir(settings.runsDir);
  assertSpace(spaceNeeds(settings));
};

const createNotice = (say: (line: string) => void): OpenRun["onUnwritten"] => {
  const unwritten = new Set<string>();
  return (name, error) => {
    if (unwritten.has(name)) return;
    unwritten.add(name);
    say(`${name} could not be written: ${messageOf(error)}`);
  };
};

/** Creates the run's folder, its record and its log, and makes that folder the current one. */
export const openRun = async (settings: RunSettings, io: Io, leftMs: () => number): Promise<OpenRun> => {
  const { runId, runDir } = makeRunDir(settings.runsDir, settings.runId);
  holdRunFolder(runDir);
  takeRoom(runDir);
  // From here on the workspace may vanish at any moment, and if it were the cwd, every spawn would fail.
  process.chdir(runDir);
  judgeLimits();
  let say: (line: string) => void = io.err;
  const onUnwritten = createNotice((line) => say(line));
  const log = openLog(runDir, (error) => onUnwritten("run.log", error));
  let settled: Prepared | undefined;
  let resolved: Manifest | null = null;
  const abraDir = join(runDir, "abra");
  const host = createHost({ settings, runId, runDir, abraDir, log, domain: () => settled?.app.domain });
  const record = new RunRecord(runDir, initialRecord(settings, runId, host.cookie, leftMs()), (error) => onUnwritten("run.json", error));
  const renderer = await createRenderer(io, settings.json, {
    runDir,
    heartbeatMs: settings.heartbeatMs,
    chart: chartPicture,
    awaited: () => host.awaited.teardown,
    holderState: (dir) => (dir === null ? null : (readRun(dir)?.state ?? null)),
  });
  say = renderer.note;
  const runLog = log.child({ actor: "run" });
  const note = (line: string): void => {
    runLog.info(line);
    renderer.note(line);
  };
  const onPrepared = (prepared: Prepared, manifest: Manifest): void => {
    settled = prepared;
    resolved = manifest;
    const { app } = prepared;
    record.patch({ ref: app.commit, domain: app.domain, stack: app.stack });
    note(`${settings.recipe} at ${app.commit.slice(0, 12)} as ${app.domain}`);
    for (const dep of prepared.deps) note(`needs ${dep.app.recipe} ${dep.version.tag ?? dep.app.commit.slice(0, 12)} as ${dep.app.domain}`);
  };
  return {
    runId,
    runDir,
    abraDir,
    host,
    record,
    renderer,
    log: runLog,
    note,
    onUnwritten,
    prepared: () => settled,
    manifest: () => resolved,
    onPrepared,
  };
};
