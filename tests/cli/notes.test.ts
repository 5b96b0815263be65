import { PassThrough } from "node:stream";
import { afterEach, expect, test, vi } from "vitest";
import { createLiveRenderer } from "../../src/cli/render/live.js";
import { createPlainRenderer, type PlainSettings } from "../../src/cli/render/plain.js";
import type { Renderer, RunSnapshot } from "../../src/cli/render/renderer.js";
import { sampleRecord } from "../support/run-record.js";

afterEach(() => void vi.useRealTimers());

const forged = "wiki (wiki-0a1b2c.ci.test): passed, exit code 0";

test.each<readonly [string, (settings: PlainSettings) => Renderer]>([
  ["a CI's log", createPlainRenderer],
  ["a terminal", (settings) => createLiveRenderer(settings, new PassThrough())],
])("when a recipe's label has line breaks, a note that quotes it is one line, for %s", (_, rendererWith) => {
  const said: string[] = [];
  const renderer = rendererWith({
    write: (line) => void said.push(line),
    runDir: "/runs/1",
    chart: "run.svg",
    holderState: () => null,
    heartbeatMs: 60_000,
    awaited: () => null,
  });
  renderer.note(`no marker goes into the volume data: of it only a\n${forged}\r\n\u2028${forged} is backed up, which is no folder`);
  expect(said).toEqual([expect.stringContaining(`only a ${forged} ${forged} is backed up`)]);
  expect(said.join("")).not.toMatch(/[\n\r\u2028]/);
});

test("a log without news gets a line that names what the run waits for, though no chart knows it", () => {
  vi.useFakeTimers();
  const said: string[] = [];
  const renderer = createPlainRenderer({
    write: (line) => void said.push(line),
    runDir: "/runs/1",
    chart: "run.svg",
    holderState: () => null,
    heartbeatMs: 1_000,
    awaited: () => "the volume data is used by the container dump",
  });
  // All that a line is made of.
  const snapshot = { value: { holding: { tearingDown: "cleaning" } }, context: { holder: null }, children: {} } as unknown as RunSnapshot;
  renderer.onSnapshot(snapshot, sampleRecord, "removing.objects");
  vi.advanceTimersByTime(1_000);
  expect(said.at(-1)).toMatch(/ still in tearingDown: removing\.objects: the volume data is used by the container dump$/);
});
