import { phaseNames } from "../../effects/record/phase.js";
import type { RunRecordFile } from "../../effects/record/run-record.js";
import { formatDuration } from "../../machines/duration.js";

/** What the tree shows of a run at one moment. */
interface LiveView {
  readonly record: RunRecordFile | null;
  /** Null once the run has ended. */
  readonly phase: string | null;
  /** What goes on in the phase, in a few words. */
  readonly doing: string;
  /** What the stack still lacks, if the run waits for it to settle. */
  readonly awaited: string | null;
  /** The tests that have ended, a line each. */
  readonly tests: readonly string[];
}

const marks = { done: "✔", now: "▶", next: "·" } as const;

const below = (text: string): string => `      ${text}`;

const phaseLine = ({ record, phase, doing }: LiveView, name: string, now: number): string => {
  const entered = record?.phases.find((known) => known.name === name);
  if (entered === undefined) return `  ${marks.next} ${name}`;
  if (name !== phase) return `  ${marks.done} ${name.padEnd(12)} ${formatDuration(entered.durationMs ?? 0)}`;
  return `  ${marks.now} ${doing.padEnd(12)} ${formatDuration(now - Date.parse(entered.startedAt))}`;
};

/** The app, and below it the phases with their times, the tests, and what the run waits for. `now`: Unix time, ms. */
export const liveTree = (view: LiveView, now: number): string =>
  [
    `${view.record?.recipe ?? ""} ${view.record?.domain ?? ""}`.trim(),
    ...phaseNames.flatMap((name) => [
      phaseLine(view, name, now),
      ...(name === view.phase && view.awaited !== null ? [below(view.awaited)] : []),
      ...(name === "test" ? view.tests.map(below) : []),
    ]),
  ].join("\n");
