import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { createLiveRenderer } from "../../src/cli/render/live.js";
import { createPlainRenderer, type PlainSettings } from "../../src/cli/render/plain.js";
import type { Renderer } from "../../src/cli/render/renderer.js";

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
