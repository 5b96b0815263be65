import type { TestResult } from "../../machines/vocabulary.js";
import { oneLine } from "../report/printable.js";
import { reported } from "./own/reported.js";

/** No more are listed than anybody reads. */
const namedMax = 50;

/** A test, or a program with all its tests, that did not end. */
export interface Left {
  readonly name: string;
  /** By `performance.now()`; null: it had not begun. */
  readonly beganAt: number | null;
}

const left = ({ name, beganAt }: Left, now: number): TestResult =>
  beganAt === null
    ? reported(oneLine(name), "skipped", 0, "not run")
    : reported(oneLine(name), "failed", now - beganAt, "cut off before its end");

/** The results of the tests that a tier's end leaves: those that had begun were cut off after some time, the others were not run. */
export const cutOff = (tests: readonly Left[], now: number): readonly TestResult[] => {
  const told = tests.slice(0, namedMax).map((test) => left(test, now));
  return tests.length <= namedMax ? told : [...told, reported(`${tests.length - namedMax} more`, "skipped", 0, "not run")];
};
