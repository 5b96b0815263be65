import { existsSync, readdirSync, readlinkSync, realpathSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import * as v from "valibot";
import { readRegular } from "../files/regular-file.js";
import { isRunFolderHeld } from "./run-folder.js";
import type { RunRecordFile } from "./run-record.js";
import { bestEffort } from "./best-effort.js";

const text = v.optional(v.nullable(v.string()));
const number = v.optional(v.nullable(v.number()));

/**
 * What every reader relies on: each field that is present has the right type. A record for which that is not true is
 * not ours, and must not keep the others from being listed.
 */
const schema = v.looseObject({
  runId: v.string(),
  recipe: text,
  ref: text,
  pr: number,
  domain: text,
  stack: text,
  cookie: v.string(),
  pid: v.number(),
  link: text,
  startedAt: v.string(),
  finishedAt: text,
  state: v.string(),
  deadline: text,
  verdict: text,
  cause: text,
  failure: text,
  cleanliness: text,
  residue: v.optional(v.array(v.looseObject({ kind: v.string(), name: v.string() }))),
  unasked: v.optional(v.array(v.looseObject({ node: v.string(), why: v.string() }))),
  exitCode: number,
  deploys: number,
  phases: v.array(v.looseObject({ name: v.string(), startedAt: v.string(), durationMs: number })),
});

const isRecord = (parsed: unknown): parsed is RunRecordFile => v.is(schema, parsed);

/** Even the record of a run that left thousands of things behind has only a few hundred KB. */
const bytesMax = 4 * 1024 * 1024;

/** A run's record, as far as it was written; null if there is none that can be read. A killed run never closes its record. */
export const readRun = (runDir: string): RunRecordFile | null => {
  const parsed: unknown = bestEffort(() => JSON.parse(readRegular(join(runDir, "run.json"), bytesMax).toString("utf8")));
  return isRecord(parsed) ? parsed : null;
};

/** The names of the folders that may be runs. */
export const runFolders = (runsDir: string): readonly string[] =>
  (bestEffort(() => readdirSync(runsDir)) ?? []).filter((name) => name !== "apps" && !name.startsWith("."));

const inOrder = (runsDir: string, names: readonly string[]): readonly RunRecordFile[] =>
  names.flatMap((name) => readRun(join(runsDir, name)) ?? []).sort((a, b) => a.startedAt.localeCompare(b.startedAt));

/** Every run in a folder, oldest first; none if it cannot be read. */
export const readRuns = (runsDir: string): readonly RunRecordFile[] => inOrder(runsDir, runFolders(runsDir));

/** The newest runs, found by which folders were written to last: live runs and the latest ends, at the cost of one stat per run. */
export const readNewestRuns = (runsDir: string, most: number): { readonly runs: readonly RunRecordFile[]; readonly left: number } => {
  const names = runFolders(runsDir);
  const writtenMs = new Map(names.map((name) => [name, bestEffort(() => statSync(join(runsDir, name)).mtimeMs) ?? 0]));
  const newest = names.toSorted((a, b) => (writtenMs.get(b) ?? 0) - (writtenMs.get(a) ?? 0)).slice(0, most);
  return { runs: inOrder(runsDir, newest), left: names.length - newest.length };
};

/**
 * The run that a living process belongs to, or null. A run works in its own folder, so only that folder's record is read.
 * For people, and as far as /proc shows it to this user.
 */
export const runOfProcess = (runsDir: string, pid: number): RunRecordFile | null => {
  const cwd = bestEffort(() => readlinkSync(`/proc/${pid}/cwd`));
  if (cwd === null || bestEffort(() => realpathSync(runsDir)) !== dirname(cwd)) return null;
  const run = readRun(cwd);
  return run !== null && run.pid === pid && run.exitCode === null ? run : null;
};

/**
 * Whether a run still lives: its folder is locked, or its pid exists. The pid is needed for runs of earlier versions; a
 * dead run whose pid was reused seems alive too.
 */
export const seemsAlive = (runDir: string, run: RunRecordFile): boolean =>
  run.exitCode === null && (existsSync(`/proc/${run.pid}`) || isRunFolderHeld(runDir));

/** `live`: it seems to run. `killed`: it never closed its record. */
export const standingOf = (runDir: string, run: RunRecordFile): "live" | "killed" | "ended" =>
  run.exitCode !== null ? "ended" : seemsAlive(runDir, run) ? "live" : "killed";
