import { basename, join } from "node:path";
import { readNewestRuns, readRuns, standingOf } from "../../effects/record/read-runs.js";
import { assertRunsDirReadable } from "../../effects/record/run-dir.js";
import type { RunRecordFile } from "../../effects/record/run-record.js";
import type { ExitCode } from "../../machines/vocabulary.js";
import type { Io } from "../io.js";
import { verdictText } from "./verdict-text.js";

const howItWent = (run: RunRecordFile, standing: ReturnType<typeof standingOf>): string => {
  switch (standing) {
    case "live":
      return `live, in ${run.state}`;
    case "killed":
      return `killed in ${run.state}`;
    case "ended":
      return [verdictText(run), run.cleanliness ?? "nothing deployed", `exit ${run.exitCode}`].join(", ");
  }
};

const units = [
  [86_400, "d"],
  [3_600, "h"],
  [60, "min"],
  [1, "s"],
] as const;

/** `3 min ago`: people need only the largest unit. */
const ago = (at: string, now: number): string => {
  const seconds = Math.max(0, Math.round((now - Date.parse(at)) / 1_000));
  const [size, unit] = units.find(([size]) => seconds >= size) ?? [1, "s"];
  return `${Math.floor(seconds / size)} ${unit} ago`;
};

const columns = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
};

/** As many as fit a terminal; --all lists every one, which can be ten thousand. */
const newestMax = 40;

/** Lists live and past runs, oldest first, so that the newest are right above the prompt. Throws `runs-dir-unusable`, exit code 2. */
export const listRuns = (runsDir: string, { json, all }: { readonly json: boolean; readonly all: boolean }, io: Io): ExitCode => {
  assertRunsDirReadable(runsDir);
  const { runs, left } = all ? { runs: readRuns(runsDir), left: 0 } : readNewestRuns(runsDir, newestMax);
  const now = Date.now();
  const standing = (run: RunRecordFile): ReturnType<typeof standingOf> => standingOf(join(runsDir, basename(run.runId)), run);
  if (json) io.out(JSON.stringify({ left, runs: runs.map((run) => ({ ...run, cookie: undefined, standing: standing(run) })) }, null, 2));
  else if (runs.length === 0) io.out(`no runs in ${runsDir}`);
  else {
    if (left > 0) io.out(`${left} older ones are left out: recipe-ci inspect --all`);
    for (const line of columns(
      runs.map((run) => [run.runId, run.recipe, run.domain ?? "-", ago(run.startedAt, now), howItWent(run, standing(run))]),
    ))
      io.out(line);
  }
  return 0;
};
