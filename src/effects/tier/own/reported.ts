import { endOfText, firstLine, printable } from "../../report/printable.js";
import { redact } from "../../redact.js";
import type { TestResult } from "../../../machines/vocabulary.js";

/** More tests than anybody reads. */
export const testsMax = 5_000;
const nameChars = 300;
const messageChars = 8 * 1024;
const longestMs = 24 * 3_600_000;

/** What a stranger's report says, and what is wrong with it; tests before that still count. */
export interface Reading {
  readonly tests: readonly TestResult[];
  readonly problem: string | null;
}

/** A test from a stranger's report, within our limits and without secrets. */
export const reported = (name: string, outcome: TestResult["outcome"], durationMs: number, message: string | null): TestResult => ({
  name: firstLine(redact(printable(name)), nameChars) || "unnamed",
  outcome,
  durationMs: Number.isFinite(durationMs) ? Math.round(Math.min(Math.max(durationMs, 0), longestMs)) : 0,
  message: message === null ? null : endOfText(redact(printable(message)).trim(), messageChars),
});
