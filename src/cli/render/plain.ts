import { phaseOf } from "../../effects/record/phase.js";
import { leavesOf } from "../../machines/trace-line.js";
import { oneLine } from "../../effects/report/printable.js";
import { formatDuration } from "../../machines/duration.js";
import { awaitedIn } from "./awaited-in.js";
import type { Renderer, RunSnapshot } from "./renderer.js";
import { describeHolder, describePhase, describeTest, summary } from "./words.js";

export interface PlainSettings {
  readonly write: (line: string) => void;
  readonly runDir: string;
  readonly chart: string;
  /** The state of the holder's run, for whoever waits; null if it has no record. */
  readonly holderState: (runDir: string | null) => string | null;
  readonly heartbeatMs: number;
  /** What is waited for that no chart knows; null: nothing. */
  readonly awaited: () => string | null;
}

/** One line for each change, and a heartbeat: only writing to a log shows that its reader is gone. */
export const createPlainRenderer = ({ write, runDir, chart, holderState, heartbeatMs, awaited }: PlainSettings): Renderer => {
  const began = performance.now();
  const stamp = (): string => `[${formatDuration(performance.now() - began)}]`;
  let last = "";
  let waitedFor = "";
  let run: RunSnapshot | null = null;
  const say = (line: string): void => write(`${stamp()} ${oneLine(line)}`);
  const beat = (): void => {
    const lacking = run === null ? null : (awaitedIn(run) ?? awaited());
    say(`still in ${last === "" ? "prepare" : last}${lacking === null ? "" : `: ${lacking}`}`);
  };
  const heartbeat = setInterval(beat, heartbeatMs);
  heartbeat.unref();
  return {
    note: say,
    onSnapshot: (snapshot, record, step) => {
      run = snapshot;
      const { value, context } = snapshot;
      const leaf = leavesOf(value)[0] ?? "";
      const phase = phaseOf(leaf);
      if (phase === null) return;
      if (phase === "acquire" && context.holder !== null) {
        const holder = describeHolder(context.holder, holderState(context.holder.runDir));
        if (holder !== waitedFor) say(`acquire: waiting for ${record.domain ?? "the app"}, held by ${holder}`);
        waitedFor = holder;
      }
      const line = describePhase(phase, step, leaf);
      if (line !== last) say(line);
      last = line;
    },
    onTest: (tier, result) => say(`test (${tier}): ${describeTest(result)}`),
    finish: (output, record) => {
      clearInterval(heartbeat);
      for (const line of summary(output, record, runDir, chart)) write(line);
    },
  };
};
