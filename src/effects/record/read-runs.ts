import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { RunRecordFile } from "./run-record.js";
import { safely } from "./safely.js";

/** A run's record, or null where there is none that can be read. Only as far as it was written: a killed run never closes its own. */
export const readRun = (runDir: string): RunRecordFile | null => {
  const parsed: unknown = safely(() => JSON.parse(readFileSync(join(runDir, "run.json"), "utf8")));
  const isRecord = typeof parsed === "object" && parsed !== null && "runId" in parsed && "cookie" in parsed;
  return isRecord ? (parsed as RunRecordFile) : null;
};

/** Every run of a folder, oldest first. */
export const readRuns = (runsDir: string): readonly RunRecordFile[] =>
  existsSync(runsDir)
    ? readdirSync(runsDir)
        .filter((name) => name !== "apps")
        .flatMap((name) => readRun(join(runsDir, name)) ?? [])
        .sort((a, b) => a.startedAt.localeCompare(b.startedAt))
    : [];

/** Whether a run's process still lives; pid alone, so only for people: a reused pid can fool it. */
export const seemsAlive = (run: RunRecordFile): boolean => run.exitCode === null && existsSync(`/proc/${run.pid}`);
