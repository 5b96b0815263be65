import type { TestResult } from "../../../machines/vocabulary.js";
import { reported, testsMax, type Reading } from "./reported.js";

/** Whether an output begins like TAP. */
export const isTap = (output: string): boolean => /^\s*(?:TAP version 1[234]\b|1\.\.\d{1,9}(?:\s|$))/.test(output.slice(0, 4_096));

/** How much of a line is read. */
const lineMax = 4_096;

/**
 * Each pattern accepts anything that follows, even a Unicode line separator: one that could fail late would try every way to split the
 * blanks.
 */
const point = /^(not )?ok\b(.*)$/s;
const plan = /^1\.\.(\d{1,9})(?![^\s#])/;
const directive = /(?<!\\)#[ \t]*(skip|todo)\b(.*)/is;

/** ` 3 - it works # skip` as its number and its text. */
const numbered = (text: string): readonly [number: string, words: string] => {
  const [number = ""] = /^\d{1,9}/.exec(text.trimStart()) ?? [];
  return [number, text.trimStart().slice(number.length).trimStart().replace(/^- /, "")];
};

interface Point {
  readonly name: string;
  readonly outcome: TestResult["outcome"];
  readonly reason: string | null;
  readonly said: string[];
}

const pointOf = (failed: boolean, text: string): Point => {
  const [number, rest] = numbered(text);
  const [all = "", kind = "", reason = ""] = directive.exec(rest) ?? [];
  const name = (all === "" ? rest : rest.slice(0, rest.length - all.length)).replaceAll("\\#", "#").trim();
  // A test that is known not to work yet is not a failure, and shows nothing.
  const outcome = kind !== "" ? "skipped" : failed ? "failed" : "passed";
  return {
    name: name === "" ? `test ${number}`.trim() : name,
    outcome,
    reason: kind === "" ? null : `${kind.toLowerCase()}: ${reason.replace(/^[:\s]+/, "")}`.trim(),
    said: [],
  };
};

const durationIn = (said: readonly string[]): number =>
  Number(said.map((line) => /^\s*duration_ms: ['"]?([\d.]{1,20})/.exec(line)?.[1]).find((found) => found !== undefined) ?? 0);

const resultOf = ({ name, outcome, reason, said }: Point): TestResult =>
  reported(name, outcome, durationIn(said), outcome === "passed" ? null : [...(reason === null ? [] : [reason]), ...said].join("\n"));

const plannedProblem = (planned: number | null, ran: number): string | null => {
  if (planned === null) return "it has no plan: it may have ended early";
  return planned === ran ? null : `it planned ${planned} tests and ran ${ran}`;
};

/** The tests in TAP output (12 to 14). Subtests, which are indented, count only through their parent. */
export const readTap = (output: string): Reading => {
  const points: Point[] = [];
  let planned: number | null = null;
  let problem: string | null = null;
  for (const whole of output.split("\n")) {
    const line = whole.slice(0, lineMax);
    const [, not, rest] = point.exec(line.trimEnd()) ?? [];
    const [, count] = plan.exec(line.trimEnd()) ?? [];
    if (rest !== undefined) points.push(pointOf(not !== undefined, rest));
    else if (count !== undefined) planned = Number(count);
    else if (/^Bail out!/i.test(line)) problem = `it gave up: ${line.slice(9).trim()}`;
    else if (/^[ \t#]/.test(line)) points.at(-1)?.said.push(line.replace(/^# ?/, ""));
    if (points.length > testsMax) return { tests: points.slice(0, testsMax).map(resultOf), problem: `it has more than ${testsMax} tests` };
  }
  return { tests: points.map(resultOf), problem: problem ?? plannedProblem(planned, points.length) };
};
