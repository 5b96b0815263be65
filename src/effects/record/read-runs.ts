import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import type { RunRecordFile } from "./run-record.js";
import { safely } from "./safely.js";

/** What every reader counts on; the rest of a record is ours to trust once this holds. */
const schema = v.looseObject({
  runId: v.string(),
  cookie: v.string(),
  pid: v.number(),
  startedAt: v.string(),
  state: v.string(),
  phases: v.array(v.looseObject({ name: v.string() })),
});

/** A run's record, or null where there is none that can be read. Only as far as it was written: a killed run never closes its own. */
export const readRun = (runDir: string): RunRecordFile | null => {
  const parsed: unknown = safely(() => JSON.parse(readFileSync(join(runDir, "run.json"), "utf8")));
  return v.is(schema, parsed) ? (parsed as unknown as RunRecordFile) : null;
};

/** Every run of a folder, oldest first; none of a folder that cannot be read. */
export const readRuns = (runsDir: string): readonly RunRecordFile[] =>
  (safely(() => readdirSync(runsDir)) ?? [])
    .filter((name) => name !== "apps")
    .flatMap((name) => readRun(join(runsDir, name)) ?? [])
    .sort((a, b) => a.startedAt.localeCompare(b.startedAt));

/** Whether a run's process still lives; pid alone, so only for people: a reused pid can fool it. */
export const seemsAlive = (run: RunRecordFile): boolean => run.exitCode === null && existsSync(`/proc/${run.pid}`);
