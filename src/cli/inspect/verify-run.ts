import { existsSync } from "node:fs";
import { join } from "node:path";
import { readRegular } from "../../effects/files/regular-file.js";
import { readRun } from "../../effects/record/read-runs.js";
import { bestEffort } from "../../effects/record/best-effort.js";
import type { TraceLine } from "../../machines/trace-line.js";
import { verifyTrace, type TraceVerdict } from "../../machines/trace.js";
import type { ExitCode } from "../../machines/vocabulary.js";
import { machines } from "../chart/index.js";
import type { Io } from "../io.js";
import { parseTraceLine } from "./read-trace.js";

/** A run of hours records a few MB; a larger file is not a trace. */
const bytesMax = 128 * 1024 * 1024;

/** The record's lines, or the number of the first line that is not valid. */
const readTrace = (runDir: string): readonly TraceLine[] | number => {
  const file = join(runDir, "events.jsonl");
  if (!existsSync(file)) return [];
  // A killed run may have left half a last line, so whatever follows the last newline is ignored.
  const content = bestEffort(() => readRegular(file, bytesMax).toString("utf8"));
  if (content === null) return 1;
  const texts = content.split("\n").slice(0, -1);
  const lines: TraceLine[] = [];
  for (const [index, text] of texts.entries()) {
    const line = parseTraceLine(text);
    if (line === null) return index + 1;
    lines.push(line);
  }
  return lines;
};

const verdictOn = (lines: readonly TraceLine[], mayEndEarly: boolean): TraceVerdict => {
  try {
    return verifyTrace(machines, lines, { mayEndEarly });
  } catch (error) {
    // A chart throws on a line that it does not know: the shortest beginning of the record that throws ends with that line.
    const throwsAt = (count: number): boolean => {
      try {
        verifyTrace(machines, lines.slice(0, count), { mayEndEarly: true });
        return false;
      } catch {
        return true;
      }
    };
    let [good, bad] = [0, lines.length];
    while (bad - good > 1) {
      const middle = Math.floor((good + bad) / 2);
      if (throwsAt(middle)) bad = middle;
      else good = middle;
    }
    return { ok: false, line: bad, why: `the chart breaks on it: ${String((error as Error).message)}` };
  }
};

/** Replays a run's record through the charts. 0 if they agree, else 1 and the first line that differs. */
export const verifyRun = (runDir: string, json: boolean, io: Io): ExitCode => {
  const exitCode = readRun(runDir)?.exitCode ?? null;
  const lines = readTrace(runDir);
  const verdict: TraceVerdict =
    typeof lines === "number"
      ? { ok: false, line: lines, why: "is not a line of a trace" }
      : // Nothing ends the record of a run that lives, was killed, or was torn down without its chart.
        verdictOn(lines, exitCode === null || exitCode === 70);
  const agreed =
    typeof lines !== "number" && lines.length === 0
      ? "the run recorded no event before it ended: nothing to compare"
      : "the record and the charts agree";
  if (json) io.out(JSON.stringify(verdict, null, 2));
  else io.out(verdict.ok ? agreed : `line ${verdict.line}: ${verdict.why}`);
  return verdict.ok ? 0 : 1;
};
