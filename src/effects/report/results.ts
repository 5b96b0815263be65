import { exitCodeFor, failureOf } from "../../machines/run/verdict.js";
import type {
  Cleanliness,
  ExitCode,
  Failure,
  Residue,
  StopCause,
  TestResult,
  Tier,
  Verdict,
  TierOutcome,
} from "../../machines/vocabulary.js";
import type { Slip } from "../../machines/slip.js";
import type { Manifest } from "../recipe/manifest.js";
import type { Rung, RungStatus } from "./rungs.js";
import type { LintReport, LintRule } from "./observed.js";
import type { Told } from "./report-input.js";
import type { TierReport } from "./tier-report.js";

interface StageResult {
  /** The worst of several deployments. */
  readonly status: "pass" | "fail" | "skip" | "unverified";
  /** Seconds. */
  readonly duration: number;
  /** Why it did not pass; null if it did. */
  readonly reason: string | null;
  readonly tests: readonly {
    readonly name: string;
    readonly outcome: TestResult["outcome"];
    readonly duration: number;
    readonly message: string | null;
  }[];
}

interface LintResult {
  readonly status: "pass" | "fail" | "unver";
  readonly reason: string | null;
  readonly rules_failed: readonly string[];
  readonly rules: readonly LintRule[];
}

/** results.json: schema 2 of the Python harness, with our additions. schemas/results.schema.json describes it to others. */
export interface ResultsFile {
  readonly schema: 2;
  readonly recipe: string;
  /** The published version that was tested; null for a commit without a tag. */
  readonly version: string | null;
  readonly ref: string | null;
  readonly pr: number;
  readonly run_id: string;
  readonly mode: "cold";
  readonly verdict: Verdict["kind"];
  readonly cause: StopCause | null;
  readonly failure: Failure | null;
  /** As known when the report is written. */
  readonly exit_code: ExitCode;
  readonly cleanliness: Cleanliness["kind"];
  readonly residue: readonly Residue[];
  readonly level: number;
  readonly rungs: Readonly<Record<Rung, RungStatus>>;
  readonly stages: Readonly<Partial<Record<Tier, StageResult>>>;
  readonly skips: {
    readonly intentional: readonly { readonly stage: Tier; readonly kind: "declared" | "structural"; readonly reason: string }[];
  };
  readonly lint: LintResult | null;
  /** What the packager forgot, by file and line. */
  readonly slips: readonly Slip[];
  readonly flags: {
    readonly clean_teardown: boolean;
    /** Whether the run's files were searched for every known secret and contain none. */
    readonly no_secret_leak: boolean;
  };
  /** The picture's name beside this file. */
  readonly screenshot: string | null;
  readonly usage: Readonly<
    Record<
      string,
      { readonly memory_rest: number; readonly memory_peak: number; readonly processors_rest: number; readonly processors_peak: number }
    >
  >;
  /** What the run resolved for its recipe, with secrets masked. */
  readonly customization: Manifest | null;
  readonly deploys: number;
  readonly domain: string | null;
  readonly url: string | null;
  readonly link: string | null;
  readonly phases: Readonly<Record<string, number>>;
  readonly started: string;
  readonly finished: string;
  /** Seconds. */
  readonly duration: number;
}

const statusOf = { pass: "pass", fail: "fail", skip: "skip", unverified: "unverified" } as const satisfies Record<
  TierOutcome["kind"],
  StageResult["status"]
>;

const worstFirst = ["fail", "unverified", "pass", "skip"] as const;

/** Why a tier is not green, in one line; null for one that is. */
export const reasonOf = (outcome: TierOutcome): string | null => {
  switch (outcome.kind) {
    case "pass":
      return null;
    case "skip":
      return outcome.reason;
    case "fail":
    case "unverified":
      return outcome.failure.message;
  }
};

const stageOf = (reports: readonly TierReport[]): StageResult => {
  const worst = reports.toSorted((a, b) => worstFirst.indexOf(a.outcome.kind) - worstFirst.indexOf(b.outcome.kind))[0]?.outcome ?? {
    kind: "skip",
    reason: "not entered",
  };
  return {
    status: statusOf[worst.kind],
    duration: reports.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1_000,
    reason: reasonOf(worst),
    tests: reports.flatMap(({ tests }) =>
      tests.map(({ name, outcome, durationMs, message }) => ({ name, outcome, duration: durationMs / 1_000, message })),
    ),
  };
};

const lintOf = (lint: LintReport | null, status: RungStatus): LintResult | null => {
  if (lint === null) return null;
  if (lint.kind === "not-run") return { status: "unver", reason: lint.why, rules_failed: [], rules: [] };
  const failed = lint.rules.filter(({ satisfied }) => satisfied === "no");
  return {
    status: status === "pass" || status === "fail" ? status : "unver",
    reason: null,
    rules_failed: failed.map(({ ref }) => ref),
    rules: lint.rules,
  };
};

const stages = (tiers: readonly TierReport[]): ResultsFile["stages"] =>
  Object.fromEntries(
    [...new Set(tiers.map(({ tier }) => tier))].map((tier) => [tier, stageOf(tiers.filter((report) => report.tier === tier))]),
  );

/** The tag of the commit under test, which is deployed last. */
const versionOf = ({ app, plan }: Told): string | null => {
  const last = plan?.rounds.at(-1);
  return last !== undefined && app !== null && last.deploys.commit === app.commit ? last.deploys.tag : null;
};

export const results = (told: Told, noSecretLeak: boolean): ResultsFile => {
  const { record, verdict, cleanliness, observed, rungs, now } = told;
  return {
    schema: 2,
    recipe: record.recipe,
    version: versionOf(told),
    ref: told.app?.commit ?? record.ref,
    pr: record.pr,
    run_id: record.runId,
    mode: "cold",
    verdict: verdict.kind,
    cause: verdict.kind === "stopped" ? verdict.cause : null,
    failure: failureOf(verdict),
    exit_code: exitCodeFor(verdict, cleanliness),
    cleanliness: cleanliness.kind,
    residue: cleanliness.kind === "dirty" ? cleanliness.residue : [],
    level: told.level,
    rungs,
    stages: stages(told.tiers),
    skips: { intentional: (told.plan?.skips ?? []).map(({ tier, kind, reason }) => ({ stage: tier, kind, reason })) },
    lint: lintOf(observed.lint, rungs.lint),
    slips: told.slips.map(({ file, line, code, sentence, deadly }) => ({ file, line, code, sentence, deadly })),
    flags: { clean_teardown: cleanliness.kind === "clean", no_secret_leak: noSecretLeak },
    screenshot: observed.screenshot,
    usage: Object.fromEntries(
      observed.usage.map(({ service, rest, peak }) => [
        service,
        {
          memory_rest: rest.memoryBytes,
          memory_peak: peak.memoryBytes,
          processors_rest: rest.processors,
          processors_peak: peak.processors,
        },
      ]),
    ),
    customization: observed.customization,
    deploys: record.deploys,
    domain: record.domain,
    url: told.url,
    link: record.link,
    phases: Object.fromEntries(
      record.phases.map(({ name, startedAt, durationMs }) => [name, (durationMs ?? Math.max(0, now - Date.parse(startedAt))) / 1_000]),
    ),
    started: record.startedAt,
    finished: new Date(now).toISOString(),
    duration: Math.max(0, now - Date.parse(record.startedAt)) / 1_000,
  };
};
