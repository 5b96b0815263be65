import type { SnapshotFrom } from "xstate";
import type { RunRecordFile } from "../../effects/record/run-record.js";
import type { runMachine } from "../../machines/run/run.machine.js";
import type { RunOutput } from "../../machines/run/run.types.js";
import type { TestResult, Tier } from "../../machines/vocabulary.js";

export type RunSnapshot = SnapshotFrom<typeof runMachine>;

/** Shows a run to people. It only reads, the run does not depend on it, and none of its functions throws. */
export interface Renderer {
  readonly note: (line: string) => void;
  /** After each transition of the run's chart, and of the machines that it invokes. */
  readonly onSnapshot: (snapshot: RunSnapshot, record: RunRecordFile, step: string | null) => void;
  readonly onTest: (tier: Tier, result: TestResult) => void;
  readonly finish: (output: RunOutput, record: RunRecordFile) => void;
}
