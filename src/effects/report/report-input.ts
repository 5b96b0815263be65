import { lastPhaseOfWork } from "../record/phase.js";
import type { RunRecordFile } from "../record/run-record.js";
import type { Plan } from "../../machines/plan.js";
import type { Slip } from "../../machines/slip.js";
import type { App, Cleanliness, TierResult, Verdict } from "../../machines/vocabulary.js";
import { levelOf, rungStatuses, type Rung, type RungStatus } from "./rungs.js";
import type { Observed } from "./observed.js";
import { tierReports, type TierReport } from "./tier-report.js";

/** What the chart passes on for the report. */
export interface ReportInput {
  readonly app: App | null;
  readonly verdict: Verdict;
  readonly cleanliness: Cleanliness;
  readonly results: readonly TierResult[];
  readonly url: string | null;
  /** The run's plan; null before it was known. */
  readonly plan: Plan | null;
  /** What the packager forgot. */
  readonly slips: readonly Slip[];
}

/** Everything that the run's files report, computed once for all of them. */
export interface Told extends Omit<ReportInput, "results"> {
  readonly record: RunRecordFile;
  readonly tiers: readonly TierReport[];
  readonly rungs: Readonly<Record<Rung, RungStatus>>;
  readonly level: number;
  readonly observed: Observed;
  /** The time of the report, which is the end of the run. ms since the epoch */
  readonly now: number;
}

interface ToldBeside {
  readonly record: RunRecordFile;
  readonly observed: Observed;
  readonly now: number;
}

export const tell = ({ results, ...input }: ReportInput, beside: ToldBeside): Told => {
  const skips = input.plan?.skips ?? [];
  const tiers = tierReports({ results, skips, seen: beside.observed.tiers, verdict: input.verdict });
  const rungs = rungStatuses({ reports: tiers, skips, lint: beside.observed.lint, slips: input.slips });
  return { ...input, ...beside, tiers, rungs, level: levelOf(rungs) };
};

/** The verdict in one line. */
export const verdictLine = (verdict: Verdict): string => {
  switch (verdict.kind) {
    case "passed":
      return "passed";
    case "failed":
      return `failed: ${verdict.failure.message}`;
    case "stopped":
      return verdict.cut === undefined ? `stopped (${verdict.cause})` : `stopped (${verdict.cause}): ${verdict.cut.message}`;
  }
};

/** The phase in which a run failed or was stopped; null if it passed. Clean-up and report always follow it. */
export const failingPhase = ({ phases }: RunRecordFile, verdict: Verdict): string | null =>
  verdict.kind === "passed" ? null : lastPhaseOfWork(phases);

/** The same for people, with the tier if it ended in one; or null. */
export const failingPlace = ({ record, verdict, tiers }: Told): string | null => {
  const phase = failingPhase(record, verdict);
  const tier = phase === "test" ? tiers.findLast(({ outcome }) => outcome.kind === "fail" || outcome.kind === "unverified") : undefined;
  return tier === undefined ? phase : `${phase} (${tier.tier})`;
};
