import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { createLiveRenderer } from "../../src/cli/render/live.js";
import { sampleRecord } from "../support/run-record.js";

test("at a terminal every note stays on the screen, above the tree of phases, however many there are", async () => {
  const terminal = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 24 });
  const screen = text(terminal);
  const live = createLiveRenderer(
    {
      write: (line) => void terminal.write(`${line}\n`),
      runDir: "/runs/1",
      chart: "run.svg",
      holderState: () => null,
      heartbeatMs: 1_000,
      awaited: () => null,
    },
    terminal,
  );
  const notes = Array.from({ length: 12 }, (_, index) => `note ${index + 1} ${"x".repeat(90)}`);
  for (const note of notes) live.note(note);
  live.finish({ verdict: { kind: "passed" }, cleanliness: { kind: "clean" }, exitCode: 0 }, sampleRecord);
  terminal.end();
  const shown = await screen;
  // Written once, whole, and never as a part of what is drawn anew.
  expect(notes.map((note) => shown.split(`${note}\n`).length - 1)).toEqual(notes.map(() => 1));
  expect(shown.split("note 1 ").length - 1).toBe(1);
  expect(shown).toMatch(/: passed, exit code 0\n/);
});
