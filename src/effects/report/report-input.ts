import type { RunRecordFile } from "../record/run-record.js";
import type { App, Cleanliness, TierResult, Verdict } from "../../machines/vocabulary.js";

/** What the chart hands over for the report. */
export interface ReportInput {
  readonly app: App | null;
  readonly verdict: Verdict;
  readonly cleanliness: Cleanliness;
  readonly results: readonly TierResult[];
  readonly url: string | null;
}

/** The verdict in one line. */
export const verdictLine = (verdict: Verdict): string => {
  switch (verdict.kind) {
    case "passed":
      return "passed";
    case "failed":
      return `failed: ${verdict.failure.message}`;
    case "stopped":
      return `stopped (${verdict.cause})`;
  }
};

/** The phase that a run did not get through, or null for one that passed. Clean-up and report follow it, whatever it was. */
export const failingPhase = ({ phases }: RunRecordFile, verdict: Verdict): string | null =>
  verdict.kind === "passed" ? null : (phases.filter(({ name }) => name !== "tearingDown" && name !== "reporting").at(-1)?.name ?? null);
