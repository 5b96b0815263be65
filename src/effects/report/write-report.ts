import { closeSync, fstatSync, readSync } from "node:fs";
import { join } from "node:path";
import { fromPromise } from "xstate";
import type { RunPorts } from "../../machines/run/run.ports.js";
import type { RunRecordFile } from "../record/run-record.js";
import { openRegular, readRegular } from "../files/regular-file.js";
import { replaceFile } from "../record/atomic-file.js";
import { bestEffort } from "../record/best-effort.js";
import { spelledOut } from "../record/spelled-out.js";
import { badge } from "./badge.js";
import { holdsKnownSecret } from "../redact.js";
import { isFreeOfSecrets } from "./find-leaks.js";
import { renderReportHtml } from "./html.js";
import { junit } from "./junit.js";
import type { Observed } from "./observed.js";
import { oneLine, printable } from "./printable.js";
import { redactTold } from "./redact-told.js";
import { tell, type ReportInput, type Told } from "./report-input.js";
import { results } from "./results.js";
import { summaryMarkdown } from "./summary.js";

export interface ReportSettings {
  readonly runDir: string;
  readonly record: () => RunRecordFile;
  /** Whether the run's folder is still the same: nothing is written into another one. */
  readonly hasFolder: () => boolean;
  /** What was found out besides the verdict. */
  readonly observed: () => Observed;
  /** The run's chart as SVG, read before the workspace could vanish; null if there is none. */
  readonly chart: string | null;
  /** The states that the run has been in, in order: ids of leaves. */
  readonly path: () => readonly string[];
  /** Called before anything is written: removes what the run no longer needs, to make room. */
  readonly makeRoom: () => Promise<void>;
  /** Called for a file that could not be written; no part of it exists. */
  readonly onUnwritten: (name: string, error: unknown) => void;
}

const logLines = 40;

const logBytes = 64 * 1024;

/** The last bytes of a file of any size. */
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

/** A line of the log for people. Each line that programs and abra printed begins with a bar, so that none looks like ours. */
const shownLine = (line: string): string => {
  const { msg, program, abra }: { readonly msg?: unknown; readonly program?: unknown; readonly abra?: unknown } = JSON.parse(
    line,
  ) as object;
  const text = typeof msg === "string" ? msg : "";
  return program === undefined && abra === undefined ? oneLine(text) : `| ${printable(text).replaceAll("\n", "\n| ")}`;
};

const logTail = (runDir: string): readonly string[] =>
  bestEffort(() =>
    endOf(join(runDir, "run.log"), logBytes)
      .trimEnd()
      .split("\n")
      .slice(-logLines)
      .map((line) => bestEffort(() => shownLine(line)) ?? line),
  ) ?? [];

/** A larger screenshot is not embedded in the page but only kept beside it. */
const pictureBytesMax = 4 * 1024 * 1024;

const pictureOf = (runDir: string, name: string | null): Buffer | null =>
  name === null ? null : bestEffort(() => readRegular(join(runDir, name), pictureBytesMax));

const resultsText = (told: Told, othersAreFree: boolean): string => {
  const textWith = (isFree: boolean): string => `${spelledOut(JSON.stringify(results(told, isFree), null, 2))}\n`;
  const text = textWith(othersAreFree);
  return othersAreFree && holdsKnownSecret(text) ? textWith(false) : text;
};

/** Writes the run's files other than its record. If one cannot be made or written, the others are written all the same. */
export const writeReport = ({
  runDir,
  record,
  hasFolder,
  observed,
  chart,
  path,
  makeRoom,
  onUnwritten,
}: ReportSettings): RunPorts["writeReport"] =>
  fromPromise<void, ReportInput>(async ({ input }) => {
    if (!hasFolder()) return;
    const told = redactTold(tell(input, { record: record(), observed: observed(), now: Date.now() }));
    const files: readonly (readonly [string, () => string])[] = [
      ["junit.xml", () => junit(told)],
      ["badge.svg", () => badge(told)],
      ["summary.md", () => summaryMarkdown(told)],
      [
        "report.html",
        () =>
          renderReportHtml(told, { chart, path: path(), logTail: logTail(runDir), picture: pictureOf(runDir, told.observed.screenshot) }),
      ],
      // Last: it says what was found in the others.
      ["results.json", () => resultsText(told, isFreeOfSecrets(runDir))],
    ];
    await makeRoom();
    for (const [name, render] of files)
      bestEffort(
        () => replaceFile(join(runDir, name), render()),
        (error) => onUnwritten(name, error),
      );
  });
