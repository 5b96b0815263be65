import { failureOf } from "../../machines/run/verdict.js";
import type { Cleanliness, TestResult, Verdict } from "../../machines/vocabulary.js";
import { html as xml, type Markup } from "./html-text.js";
import { endOfText, firstLine, printable } from "./printable.js";
import { failingPhase, verdictLine, type Told } from "./report-input.js";
import { isToldByTests, type TierReport } from "./tier-report.js";

interface Ending {
  readonly kind: "failure" | "error" | "skipped";
  /** The failure's code if there is one: readers show it as the type. */
  readonly type: string;
  readonly text: string;
}

interface Case {
  readonly name: string;
  readonly seconds: number;
  /** null: it passed. */
  readonly ending: Ending | null;
}

interface Suite {
  readonly name: string;
  readonly seconds: number;
  readonly startedAt: string;
  readonly properties: readonly (readonly [string, string])[];
  readonly cases: readonly Case[];
}

/** Longest message in a list of tests, in characters. */
const messageChars = 300;
/** Longest output of one test. A CI's reader keeps the whole file in memory. */
const caseChars = 64 * 1024;
/** Longest output of all tests together. Later tests get one line. */
const fileChars = 4 * 1024 * 1024;

const createPurse = (): ((text: string) => string) => {
  let left = fileChars;
  return (text) => {
    const kept = endOfText(text, Math.min(caseChars, left));
    left = Math.max(0, left - kept.length);
    return kept;
  };
};

const endingOf = ({ outcome, message }: TestResult): Ending | null => {
  if (outcome === "passed") return null;
  return { kind: outcome === "failed" ? "failure" : "skipped", type: outcome, text: message ?? outcome };
};

const testCase = (test: TestResult): Case => ({ name: test.name, seconds: test.durationMs / 1_000, ending: endingOf(test) });

/** A failure with everything known about it: many people look at JUnit only. */
const evidenceOf = (verdict: Verdict): string => {
  const why = failureOf(verdict);
  return why === null ? verdictLine(verdict) : [verdictLine(verdict), ...why.details, `next: ${why.hint}`].join("\n");
};

/** The tier itself as a case, if its tests alone do not show how it went. */
const tierCase = (report: TierReport): readonly Case[] => {
  const { tier, outcome, durationMs } = report;
  const told = (ending: Ending): readonly Case[] => [{ name: `the ${tier} tier`, seconds: durationMs / 1_000, ending }];
  switch (outcome.kind) {
    case "pass":
      return [];
    case "skip":
      return told({ kind: "skipped", type: "skipped", text: outcome.reason });
    case "unverified":
      return told({ kind: "error", type: outcome.failure.code, text: evidenceOf({ kind: "failed", failure: outcome.failure }) });
    case "fail":
      return isToldByTests(report)
        ? []
        : told({ kind: "failure", type: outcome.failure.code, text: evidenceOf({ kind: "failed", failure: outcome.failure }) });
  }
};

const tierSuite = (report: TierReport, startedAt: string): Suite => ({
  name: report.tier,
  seconds: report.durationMs / 1_000,
  startedAt,
  properties: [
    ["tier", report.tier],
    ["outcome", report.outcome.kind],
    ...(report.outcome.kind === "skip" ? [["reason", report.outcome.reason] as const] : []),
  ],
  cases: [...tierCase(report), ...report.tests.map(testCase)],
});

const unclean = (cleanliness: Cleanliness): string | null => {
  if (cleanliness.kind === "dirty") return `residue: ${cleanliness.residue.map(({ kind, name }) => `${kind} ${name}`).join(", ")}`;
  return cleanliness.kind === "unverified"
    ? `not verified on ${cleanliness.nodes.map(({ node, why }) => `${node} (${why})`).join(", ")}`
    : null;
};

/** The run's own phases as cases: a CI that shows only JUnit still shows where a run ended, and whether it was clean. */
const runSuite = ({ record, verdict, cleanliness, level, now }: Told): Suite => {
  const failing = failingPhase(record, verdict);
  const left = unclean(cleanliness);
  const ending = (name: string): Ending | null => {
    if (name === failing) return { kind: "failure", type: failureOf(verdict)?.code ?? verdict.kind, text: evidenceOf(verdict) };
    return name === "tearingDown" && left !== null ? { kind: "failure", type: cleanliness.kind, text: left } : null;
  };
  const known: readonly (readonly [string, string | null])[] = [
    ["recipe", record.recipe],
    ["ref", record.ref],
    ["pr", record.pr === 0 ? null : String(record.pr)],
    ["run", record.runId],
    ["app", record.domain],
    ["build", record.link],
    ["verdict", verdict.kind],
    ["cleanliness", cleanliness.kind],
    ["level", String(level)],
  ];
  return {
    name: "run",
    seconds: Math.max(0, now - Date.parse(record.startedAt)) / 1_000,
    startedAt: record.startedAt,
    properties: known.flatMap(([name, value]) => (value === null ? [] : [[name, value] as const])),
    cases: record.phases.map(({ name, durationMs }) => ({ name, seconds: (durationMs ?? 0) / 1_000, ending: ending(name) })),
  };
};

const seconds = (value: number): string => value.toFixed(3);

/** `2026-01-01T00:00:00`, in UTC: readers of the old format know no zone. */
const timestamp = (at: string): string => at.replace(/(?:\.\d+)?Z$/, "");

const countOf = (cases: readonly Case[], kind: Ending["kind"]): number => cases.filter(({ ending }) => ending?.kind === kind).length;

const counts = (cases: readonly Case[]): Markup =>
  xml`tests="${cases.length}" failures="${countOf(cases, "failure")}" errors="${countOf(cases, "error")}" skipped="${countOf(cases, "skipped")}"`;

const endingElement = ({ kind, type, text }: Ending, keep: (text: string) => string): Markup => {
  const message = firstLine(printable(text.slice(0, 4 * messageChars)), messageChars);
  if (kind === "skipped") return xml`<skipped message="${message}"/>`;
  const body = printable(keep(text));
  return kind === "error"
    ? xml`<error message="${message}" type="${type}">${body}</error>`
    : xml`<failure message="${message}" type="${type}">${body}</failure>`;
};

/**
 * JUnit of a run as Drone, GitLab and Jenkins read it: one suite for its phases and one for each tier. What a
 * stranger's program printed is text in it, without the characters that XML forbids, and bounded in length.
 */
export const junit = (told: Told): string => {
  const suites = [runSuite(told), ...told.tiers.map((report) => tierSuite(report, told.record.startedAt))];
  const [all, keep] = [suites.flatMap(({ cases }) => cases), createPurse()];
  const caseElement = (suite: string, { name, seconds: took, ending }: Case): Markup => {
    const start = xml`name="${firstLine(printable(name)) || "unnamed"}" classname="${`recipe-ci.${told.record.recipe}.${suite}`}" time="${seconds(took)}"`;
    return ending === null ? xml`    <testcase ${start}/>\n` : xml`    <testcase ${start}>${endingElement(ending, keep)}</testcase>\n`;
  };
  const suiteElement = ({
    name,
    seconds: took,
    startedAt,
    properties,
    cases,
  }: Suite): Markup => xml`  <testsuite name="${name}" ${counts(cases)} time="${seconds(took)}" timestamp="${timestamp(startedAt)}">
    <properties>${properties.map(([key, value]) => xml`<property name="${key}" value="${firstLine(printable(value))}"/>`)}</properties>
${cases.map((one) => caseElement(name, one))}  </testsuite>
`;
  return xml`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="${`recipe-ci ${told.record.recipe}`}" ${counts(all)} time="${seconds(suites[0]?.seconds ?? 0)}">
${suites.map(suiteElement)}</testsuites>
`.text;
};
