import { closeSync, fstatSync, readSync } from "node:fs";
import { join } from "node:path";
import { fromPromise } from "xstate";
import type { RunPorts } from "../../machines/run/run.ports.js";
import type { RunRecordFile } from "../record/run-record.js";
import { openRegular } from "../files/regular-file.js";
import { replaceFile } from "../record/atomic-file.js";
import { bestEffort } from "../record/best-effort.js";
import { badge } from "./badge.js";
import { renderReportHtml } from "./html.js";
import { redactInput } from "./redact-input.js";
import { junit } from "./junit.js";
import { results } from "./results.js";

export interface ReportSettings {
  readonly runDir: string;
  readonly record: () => RunRecordFile;
  /** The run's chart as SVG, read before the workspace could vanish; null where there is none. */
  readonly chart: string | null;
  /** The states that the run has been in, one after the other: ids of leaves. */
  readonly path: () => readonly string[];
  /** Before anything is written: what the run needs no more makes room. */
  readonly makeRoom: () => Promise<void>;
  /** A file that could not be written; nothing of it is there. */
  readonly onUnwritten: (name: string, error: unknown) => void;
}

const logLines = 40;

const logBytes = 64 * 1024;

/** The end of a file that may have any size. */
const endOf = (file: string, bytes: number): string => {
  const fd = openRegular(file);
  try {
    const from = Math.max(0, fstatSync(fd).size - bytes);
    const buffer = Buffer.alloc(bytes);
    return buffer.toString("utf8", 0, readSync(fd, buffer, 0, bytes, from));
  } finally {
    closeSync(fd);
  }
};

const logTail = (runDir: string): readonly string[] =>
  bestEffort(() =>
    endOf(join(runDir, "run.log"), logBytes)
      .trimEnd()
      .split("\n")
      .slice(-logLines)
      .map((line) => bestEffort(() => String((JSON.parse(line) as { msg?: string }).msg ?? "")) ?? line),
  ) ?? [];

/** What a run tells beside its record. Each file on its own: one that cannot be written does not keep the others from it. */
export const writeReport = ({ runDir, record, chart, path, makeRoom, onUnwritten }: ReportSettings): RunPorts["writeReport"] =>
  fromPromise(async ({ input: given }) => {
    const input = redactInput(given);
    const extras = { chart, path: path(), logTail: logTail(runDir), now: Date.now() };
    const files: readonly (readonly [string, () => string])[] = [
      ["junit.xml", () => junit(record(), input)],
      ["results.json", () => `${JSON.stringify(results(record(), input), null, 2)}\n`],
      ["badge.svg", () => badge(record().recipe, input.verdict, input.cleanliness)],
      ["report.html", () => renderReportHtml(record(), input, extras)],
    ];
    await makeRoom();
    for (const [name, render] of files) bestEffort(() => replaceFile(join(runDir, name), render()), (error) => onUnwritten(name, error));
  });
