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
