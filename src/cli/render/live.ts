import { createLogUpdate } from "log-update";
import { redact } from "../../effects/redact.js";
import { oneLine, printable } from "../../effects/report/printable.js";
import { phaseOf } from "../../effects/record/phase.js";
import { leavesOf } from "../../machines/trace-line.js";
import type { RunRecordFile } from "../../effects/record/run-record.js";
import type { PlainSettings } from "./plain.js";
import { awaitedIn } from "./awaited-in.js";
import { liveTree } from "./live-tree.js";
import type { Renderer, RunSnapshot } from "./renderer.js";
import { describeHolder, describePhase, describeTest, summary } from "./words.js";

const redrawMs = 200;

/** A tree of phases with times, redrawn in place below the notes, which stay. For terminals only; `write` must write to the same one. */
export const createLiveRenderer = (
  { write, runDir, chart, holderState, awaited }: PlainSettings,
  terminal: NodeJS.WritableStream = process.stdout,
): Renderer => {
  const draw = createLogUpdate(terminal, { showCursor: true });
  const tests: string[] = [];
  let record: RunRecordFile | null = null;
  let doing = "";
  let phase: string | null = "prepare";
  let run: RunSnapshot | null = null;

  const show = (): void => {
    const found = run === null ? null : (awaitedIn(run) ?? awaited());
    const view = { record, phase, doing, awaited: found === null ? null : oneLine(redact(found)), tests };
    draw(printable(liveTree(view, Date.now())));
  };
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
      doing = phase === null ? "" : describePhase(phase, step, leaf);
      if (phase === "acquire" && context.holder !== null) {
        doing = `acquire, held by ${describeHolder(context.holder, holderState(context.holder.runDir))}`;
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
