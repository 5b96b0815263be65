import { createLogUpdate } from "log-update";
import { formatDuration } from "../../machines/duration.js";
import { redact } from "../../effects/redact.js";
import { oneLine, printable } from "../../effects/report/printable.js";
import { phaseNames, phaseOf } from "../../effects/record/phase.js";
import { leavesOf } from "../../machines/trace-line.js";
import type { RunRecordFile } from "../../effects/record/run-record.js";
import type { PlainSettings } from "./plain.js";
import { awaitedIn } from "./awaited-in.js";
import type { Renderer, RunSnapshot } from "./renderer.js";
import { describeHolder, describePhase, describeTest, summary } from "./words.js";

const redrawMs = 200;

const marks = { done: "✔", now: "▶", next: "·" } as const;

/** A tree of phases with times, redrawn in place below the notes, which stay. For terminals only; `write` must write to the same one. */
export const createLiveRenderer = (
  { write, runDir, chart, holderState }: PlainSettings,
  terminal: NodeJS.WritableStream = process.stdout,
): Renderer => {
  const draw = createLogUpdate(terminal, { showCursor: true });
  const tests: string[] = [];
  let record: RunRecordFile | null = null;
  let now = "";
  let phase: string | null = "prepare";
  let run: RunSnapshot | null = null;

  const line = (name: string): string => {
    const entered = record?.phases.find((known) => known.name === name);
    if (entered === undefined) return `  ${marks.next} ${name}`;
    if (name !== phase) return `  ${marks.done} ${name.padEnd(12)} ${formatDuration(entered.durationMs ?? 0)}`;
    return `  ${marks.now} ${now.padEnd(12)} ${formatDuration(Date.now() - Date.parse(entered.startedAt))}`;
  };
  const lacking = (): readonly string[] => {
    const found = run === null ? null : awaitedIn(run);
    return found === null ? [] : [`      ${oneLine(redact(found))}`];
  };
  const tree = (): string =>
    [
      `${record?.recipe ?? ""} ${record?.domain ?? ""}`.trim(),
      ...phaseNames.flatMap((name) => [
        line(name),
        ...(name === phase ? lacking() : []),
        ...(name === "test" ? tests.map((test) => `      ${test}`) : []),
      ]),
    ].join("\n");
  const show = (): void => draw(printable(tree()));
  const redraw = setInterval(show, redrawMs);
  redraw.unref();

  return {
    note: (text) => {
      draw.clear();
      write(oneLine(text));
      show();
    },
    onSnapshot: (snapshot, current, step) => {
      run = snapshot;
      record = current;
      const { value, context } = snapshot;
      const leaf = leavesOf(value)[0] ?? "";
      phase = phaseOf(leaf);
      now = phase === null ? "" : describePhase(phase, step, leaf);
      if (phase === "acquire" && context.holder !== null) {
        now = `acquire, held by ${describeHolder(context.holder, holderState(context.holder.runDir))}`;
      }
    },
    onTest: (_, result) => void tests.push(redact(describeTest(result))),
    finish: (output, closed) => {
      clearInterval(redraw);
      record = closed;
      phase = null;
      show();
      draw.done();
      for (const text of summary(output, closed, runDir, chart)) write(text);
    },
  };
};
