import type { JanitorOutput } from "../../machines/janitor/janitor.types.js";
import { noApps, type NoApps } from "./no-apps.js";
import type { ReapOutcome, ReapOutput } from "../../machines/reap/reap.types.js";

const describe = (outcome: ReapOutcome, domain: string): string => {
  switch (outcome.kind) {
    case "reaped":
      return "reaped: nobody held its lock";
    case "would-reap":
      return "would be reaped: nobody holds its lock";
    case "unclaimed":
      return `unclaimed, left alone: ${outcome.why}; if it may go: recipe-ci janitor --adopt ${domain}`;
    case "kept":
      return `kept: ${outcome.why}${outcome.warning === null ? "" : ` (WARNING: ${outcome.warning})`}`;
    case "failed": {
      const left =
        outcome.cleanliness.kind === "dirty" ? outcome.cleanliness.residue.map(({ kind, name }) => `${kind} ${name}`).join(", ") : "";
      return `NOT reaped: ${outcome.why}${left === "" ? "" : `: ${left}`}`;
    }
  }
};

const reapLine = ({ candidate, outcome }: ReapOutput): string =>
  `${candidate.domain} (${candidate.seenAs.join(", ")}): ${describe(outcome, candidate.domain)}`;

interface JanitorSaw extends NoApps {
  readonly dryRun: boolean;
}

/** One line for each app that was looked at, and why it went or stayed. */
export const janitorLines = (output: JanitorOutput, saw: JanitorSaw): readonly string[] => [
  ...output.reaps.map(reapLine),
  ...output.swept.map((name) => `${name}: stale lock file ${saw.dryRun ? "would be" : "was"} removed`),
  ...output.troubles.map(({ message, hint }) => `trouble: ${message} (${hint})`),
  ...(output.reaps.length + output.swept.length + output.troubles.length === 0 ? [`nothing to do: ${noApps(saw)}`] : []),
];
