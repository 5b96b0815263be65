import { closeSync, constants, openSync, opendirSync } from "node:fs";
import { join } from "node:path";
import type { TestResult } from "../../../machines/vocabulary.js";
import { oneLine } from "../../report/printable.js";
import { FileRefused, readRegular } from "../../files/regular-file.js";
import { readJunit } from "./read-junit.js";
import { isTap, readTap } from "./read-tap.js";
import { reported, testsMax, type Reading } from "./reported.js";
import { runProgram, skippedCode, type OwnCode, type ProgramEnd, type ProgramRun } from "./run-program.js";

const reportsMax = 20;
const reportBytesMax = 4 * 1024 * 1024;

/** How many names in the folder are looked at: a program could create millions. */
const namesMax = 1_000;

const reportsIn = (folder: string): readonly string[] => {
  const names: string[] = [];
  const listing = opendirSync(folder);
  try {
    for (let seen = 0; seen < namesMax; seen += 1) {
      const name = listing.readSync()?.name;
      if (name === undefined) break;
      if (name.endsWith(".xml")) names.push(name);
    }
  } finally {
    listing.closeSync();
  }
  return names.sort();
};

/**
 * An open descriptor of the folder of reports, or null. The program may have put a link there, for example to the reports of
 * another run, and may change it while they are read, so everything is read through the folder that was opened.
 */
const openFolder = (folder: string): number | null => {
  try {
    return openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  } catch {
    return null; // The program removed its folder.
  }
};

const troubles: Readonly<Record<string, string>> = {
  "too-large": `it is larger than ${reportBytesMax / 1024 / 1024} MiB`,
  link: "it is a symlink",
  "no-file": "it is no regular file",
};

const readReport = async (file: string, signal: AbortSignal): Promise<Reading> => {
  try {
    return await readJunit(readRegular(file, reportBytesMax).toString("utf8"), signal);
  } catch (error) {
    if (!(error instanceof FileRefused)) throw error;
    return { tests: [], problem: troubles[error.trouble] ?? "it cannot be read" };
  }
};

const nothing: Reading = { tests: [], problem: null };

/** What the program reported of its tests, in files or on stdout. */
const told = async (end: ProgramEnd, signal: AbortSignal): Promise<Reading> => {
  const fd = openFolder(end.reportDir);
  try {
    return await toldIn(fd === null ? null : `/proc/self/fd/${fd}`, end, signal);
  } finally {
    if (fd !== null) closeSync(fd);
  }
};

const toldIn = async (reportDir: string | null, { stdout }: ProgramEnd, signal: AbortSignal): Promise<Reading> => {
  const names = reportDir === null ? [] : reportsIn(reportDir);
  if (names.length === 0) return stdout !== null && isTap(stdout) ? readTap(stdout) : nothing;
  const tests: TestResult[] = [];
  let problem = names.length > reportsMax ? `it wrote more than ${reportsMax} reports` : null;
  for (const name of names.slice(0, reportsMax)) {
    const reading = await readReport(join(reportDir ?? "", name), signal);
    tests.push(...reading.tests);
    if (reading.problem !== null) problem ??= `its report ${name} was not read to the end: ${reading.problem}`;
  }
  return tests.length <= testsMax
    ? { tests, problem }
    : { tests: tests.slice(0, testsMax), problem: problem ?? `it reported more than ${testsMax} tests` };
};

/** The program itself as a test in addition to those that it reported; null if they say everything. */
const ownResult = (name: string, end: ProgramEnd, { tests, problem }: Reading): TestResult | null => {
  const { durationMs, lastLines, how } = end;
  // We ended it, whatever exit code it gave when it was told to stop.
  if (end.timedOut)
    return {
      name,
      outcome: "failed",
      durationMs,
      message: [how, ...(problem === null ? [] : [problem])].join("; ").concat("\n", lastLines),
    };
  if (end.exitCode === skippedCode && !tests.some(({ outcome }) => outcome === "failed"))
    return tests.length > 0 ? null : { name, outcome: "skipped", durationMs, message: lastLines };
  if (end.exitCode === 0 && problem === null) return tests.length > 0 ? null : { name, outcome: "passed", durationMs, message: null };
  // The exit code only repeats what the tests already say.
  if (end.exitCode !== 0 && problem === null && tests.some(({ outcome }) => outcome === "failed")) return null;
  const why = [...(end.exitCode === 0 ? [] : [how]), ...(problem === null ? [] : [problem])].join("; ");
  return { name, outcome: "failed", durationMs, message: `${why}\n${lastLines}` };
};

/**
 * Runs one executable of the recipe and gives the tests that it reports: JUnit files in CCCI_REPORT_DIR, else TAP on
 * stdout, else one test by its exit code: 0 passes, 77 skips, anything else fails with the last lines as the reason.
 *
 * The result is never better than the exit code: if the program fails without a failed test, the program itself has
 * failed.
 */
export const runTest = async (code: OwnCode, run: ProgramRun, signal: AbortSignal): Promise<readonly TestResult[]> => {
  const end = await runProgram(code, run, signal);
  const reading = await told(end, signal);
  const { name } = reported(oneLine(run.program.name), "passed", 0, null);
  const tests = reading.tests.map((test) => ({ ...test, name: `${name}: ${test.name}` }));
  const own = ownResult(name, end, reading);
  return own === null ? tests : [...tests, own];
};
