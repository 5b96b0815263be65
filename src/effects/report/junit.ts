import { getJunitXml } from "junit-xml";
import type { TestResult } from "../../machines/vocabulary.js";
import type { RunRecordFile } from "../record/run-record.js";
import { verdictLine, type ReportInput } from "./report-input.js";

type Case = { name: string; time?: number; failures?: { message: string }[]; skipped?: boolean };

const testCase = ({ name, durationMs, outcome, message }: TestResult): Case => ({
  name,
  time: durationMs / 1_000,
  ...(outcome === "failed" ? { failures: [{ message: message ?? "failed" }] } : {}),
  ...(outcome === "skipped" ? { skipped: true } : {}),
});

/** The run's own phases as cases: a CI that shows only JUnit still shows where a run ended, and whether it was clean. */
const phaseCases = (record: RunRecordFile, { verdict, cleanliness }: ReportInput): Case[] => {
  const failing = verdict.kind === "passed" ? null : record.phases.filter(({ name }) => name !== "tearingDown" && name !== "reporting").at(-1)?.name;
  return record.phases.map(({ name, durationMs }) => ({
    name,
    time: (durationMs ?? 0) / 1_000,
    ...(name === failing ? { failures: [{ message: verdictLine(verdict) }] } : {}),
    ...(name === "tearingDown" && cleanliness.kind === "dirty"
      ? { failures: [{ message: `residue: ${cleanliness.residue.map((left) => `${left.kind} ${left.name}`).join(", ")}` }] }
      : {}),
  }));
};

/** JUnit of a run: one suite for its phases, one for each tier that ran. */
export const junit = (record: RunRecordFile, input: ReportInput): string =>
  getJunitXml({
    name: `recipe-ci ${record.recipe}`,
    suites: [
      { name: "run", testCases: phaseCases(record, input) },
      ...input.results.map(({ tier, tests }) => ({ name: tier, testCases: tests.map(testCase) })),
    ],
  });
