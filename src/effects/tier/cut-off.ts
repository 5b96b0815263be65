import type { TestResult } from "../../machines/vocabulary.js";
import { oneLine } from "../report/printable.js";
import { reported } from "./own/reported.js";

/** As many as anybody reads. */
const namedMax = 50;

/** What is told of the tests that a tier's end left: the first was cut off after so long, the others were not begun. */
export const cutOff = (names: readonly string[], afterMs: number): readonly TestResult[] => {
  const told = names.slice(0, namedMax).map((name, at) => (at === 0 ? reported(`${oneLine(name)}: cut off before its end`, "failed", afterMs, null) : reported(`${oneLine(name)}: not run`, "skipped", 0, null)));
  return names.length <= namedMax ? told : [...told, reported(`${names.length - namedMax} more: not run`, "skipped", 0, null)];
};
