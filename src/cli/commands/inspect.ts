import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readRun, readRuns, seemsAlive } from "../../effects/record/read-runs.js";
import type { RunRecordFile } from "../../effects/record/run-record.js";
import { RunError } from "../../machines/errors.js";
import { verifyTrace, type TraceLine } from "../../machines/trace.js";
import type { ExitCode } from "../../machines/vocabulary.js";
import { machines } from "../chart/machines.js";
import type { Io } from "../io.js";
import type { Flags } from "../program.js";
import type { HostSettings } from "../settings/host.js";

const howItWent = (run: RunRecordFile): string =>
  run.exitCode === null ? (seemsAlive(run) ? `live, in ${run.state}` : `was killed in ${run.state}`) : `${run.verdict ?? "no verdict"}, ${run.cleanliness ?? "nothing deployed"}`;

const list = (host: HostSettings, json: boolean, io: Io): ExitCode => {
  const runs = readRuns(host.runsDir);
  if (json) io.out(JSON.stringify({ runs }, null, 2));
  else if (runs.length === 0) io.out(`no runs in ${host.runsDir}`);
  else for (const run of runs) io.out(`${run.runId}  ${run.recipe}  ${run.startedAt}  ${howItWent(run)}`);
  return 0;
};

const readTrace = (runDir: string): readonly TraceLine[] => {
  const file = join(runDir, "events.jsonl");
  if (!existsSync(file)) return [];
  // A run that was killed may have left half a last line.
  const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line) as TraceLine);
};

const verify = (runDir: string, json: boolean, io: Io): ExitCode => {
  const exitCode = readRun(runDir)?.exitCode ?? null;
  // Nothing ends the record of a run that lives, was killed, or was torn down without its chart.
  const verdict = verifyTrace(machines, readTrace(runDir), { mayEndEarly: exitCode === null || exitCode === 70 });
  if (json) io.out(JSON.stringify(verdict, null, 2));
  else io.out(verdict.ok ? "the record and the charts agree" : `line ${verdict.line}: ${verdict.why}`);
  return verdict.ok ? 0 : 1;
};

/** Lists runs, or replays one run's record through the charts. */
export const inspect = async (host: HostSettings, run: string | undefined, flags: Flags, io: Io): Promise<ExitCode> => {
  const json = flags["json"] === true;
  if (run === undefined) return list(host, json, io);
  const runDir = join(host.runsDir, run);
  if (!/^[A-Za-z0-9._-]{1,80}$/.test(run) || readRun(runDir) === null) {
    throw new RunError("no-such-run", `there is no run ${run} in ${host.runsDir}`, { hint: "recipe-ci inspect lists them.", exitCode: 2 });
  }
  return verify(runDir, json, io);
};
