import { readAppRecord, writeAppRecord, type AppRecord } from "../../effects/record/app-record.js";
import { lastPhaseOfWork } from "../../effects/record/phase.js";
import type { RunRecordFile } from "../../effects/record/run-record.js";
import type { Domain } from "../../machines/vocabulary.js";
import type { RunSettings } from "../settings/run-settings.js";

/** How the app's last run ended, for the log of the next run: CI closed that run's log at the cancel. */
export const describeLastEnd = (last: AppRecord["last"]): string | null => {
  if (last === null) return null;
  const how =
    last.verdict === null
      ? `was killed in ${last.phase ?? "an unknown phase"}`
      : `${last.verdict}, ${last.cleanliness ?? "nothing deployed"}`;
  return `the last run of this app, ${last.runId ?? "which left no id"}, ended ${last.at}: ${how}`;
};

/**
 * Writes what is kept of this run in the app's record, while the app's lock is still ours. If the ledger could not be
 * closed, the record still points to it, and a janitor closes it.
 */
export const rememberEnd = ({ runsDir }: RunSettings, domain: Domain, closed: RunRecordFile, isLedgerClosed: boolean): void => {
  const { runId, verdict, cleanliness, finishedAt, startedAt, phases } = closed;
  const phase = lastPhaseOfWork(phases);
  const before = readAppRecord(runsDir, domain);
  const reaps = cleanliness === "clean" ? { failedReaps: 0, nextTry: null, ledger: isLedgerClosed ? null : before.ledger } : {};
  writeAppRecord(runsDir, domain, { ...before, ...reaps, last: { runId, verdict, cleanliness, phase, at: finishedAt ?? startedAt } });
};
