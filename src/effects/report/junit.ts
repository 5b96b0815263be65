import { getJunitXml } from "junit-xml";
import type { Cleanliness, TestResult, Verdict } from "../../machines/vocabulary.js";
import type { RunRecordFile } from "../record/run-record.js";
import { failingPhase, verdictLine, type ReportInput } from "./report-input.js";

type Case = { name: string; time?: number; failures?: { message: string }[]; skipped?: boolean };

/** XML 1.0 has no place for control characters, escaped or not, and tests like to print in colour. */
// oxlint-disable-next-line no-control-regex -- they are what this is about
const printable = (text: string): string => text.replaceAll(/\u001b\[[0-9;]*[A-Za-z]/g, "").replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "");

const testCase = ({ name, durationMs, outcome, message }: TestResult): Case => ({
  name: printable(name),
  time: durationMs / 1_000,
  ...(outcome === "failed" ? { failures: [{ message: printable(message ?? "failed") }] } : {}),
  ...(outcome === "skipped" ? { skipped: true } : {}),
});

const uncleanCase = (cleanliness: Cleanliness): Partial<Case> => {
  const message =
    cleanliness.kind === "dirty"
      ? `residue: ${cleanliness.residue.map((left) => `${left.kind} ${left.name}`).join(", ")}`
      : cleanliness.kind === "unverified"
        ? `not verified on ${cleanliness.nodes.map(({ node, why }) => `${node} (${why})`).join(", ")}`
        : null;
  return message === null ? {} : { failures: [{ message: printable(message) }] };
};

/** A failure with all that is known of it: many look at nothing but JUnit. */
const evidenceOf = (verdict: Verdict): string =>
  verdict.kind === "failed" ? [verdictLine(verdict), ...verdict.failure.details, `next: ${verdict.failure.hint}`].join("\n") : verdictLine(verdict);

/** The run's own phases as cases: a CI that shows only JUnit still shows where a run ended, and whether it was clean. */
const phaseCases = (record: RunRecordFile, { verdict, cleanliness }: ReportInput): Case[] => {
  const failing = failingPhase(record, verdict);
  return record.phases.map(({ name, durationMs }) => ({
    name,
    time: (durationMs ?? 0) / 1_000,
    ...(name === failing ? { failures: [{ message: printable(evidenceOf(verdict)) }] } : {}),
    ...(name === "tearingDown" ? uncleanCase(cleanliness) : {}),
  }));
};

/** junit-xml counts failures and writes each as an `error`; all text in it is escaped, so these tags are its own. */
const asFailures = (xml: string): string => xml.replaceAll("<error>", "<failure>").replaceAll("</error>", "</failure>");

/** JUnit of a run: one suite for its phases, one for each tier that ran. */
export const junit = (record: RunRecordFile, input: ReportInput): string =>
  asFailures(getJunitXml({
    name: `recipe-ci ${record.recipe}`,
    suites: [
      { name: "run", testCases: phaseCases(record, input) },
      ...input.results.map(({ tier, tests }) => ({ name: tier, testCases: tests.map(testCase) })),
    ],
  }));
