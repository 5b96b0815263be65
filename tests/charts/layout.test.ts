import { beforeAll, describe, expect, test } from "vitest";
import { picturesOf } from "../../src/cli/chart/export.js";
import { placeChart, type Box, type Placement } from "../../src/cli/chart/layout.js";
import { machines, sampleContext } from "../../src/cli/chart/machines.js";
import { chartModel, type StateModel } from "../../src/cli/chart/model.js";
import { renderSvg } from "../../src/cli/chart/svg.js";
import { lineWidth } from "../../src/cli/chart/text.js";
import { soundChart } from "./fixtures/sound-chart.js";

interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const meet = (one: Rect, other: Rect): boolean =>
  one.x < other.x + other.width && other.x < one.x + one.width && one.y < other.y + other.height && other.y < one.y + one.height;

const holds = (outer: Rect, inner: Rect): boolean =>
  inner.x >= outer.x && inner.y >= outer.y && inner.x + inner.width <= outer.x + outer.width && inner.y + inner.height <= outer.y + outer.height;

const sound = chartModel(soundChart, { waitMs: 500, noted: [] });

const pictures: readonly { readonly name: string; readonly model: StateModel }[] = [
  ...Object.entries(machines).flatMap(([name, machine]) => picturesOf(name, chartModel(machine, sampleContext))),
  { name: "sound", model: sound },
];

describe.each(pictures)("the picture $name", ({ name, model }) => {
  let placed: Placement;
  beforeAll(async () => {
    placed = await placeChart(model);
  });

  test("fits a screen", () => {
    const { width, height } = placed;
    expect(width, name).toBeLessThanOrEqual(1_700);
    expect(height, name).toBeLessThanOrEqual(1_800);
  });

  test("has every text within its box, and no label over another or over a state", () => {
    const { boxes, arrows } = placed;
    const leaves = boxes.filter(({ state }) => state.states.length === 0);
    for (const box of boxes) for (const line of box.lines) expect(lineWidth(line), box.state.id).toBeLessThanOrEqual(box.width);
    const labels = arrows.flatMap(({ arrow, label }) => (label === null ? [] : [{ id: arrow.id, ...label }]));
    for (const [index, label] of labels.entries()) {
      for (const line of label.lines) expect(lineWidth(line), label.id).toBeLessThanOrEqual(label.width);
      expect(labels.slice(index + 1).filter((other) => meet(label, other)).map(({ id }) => `${label.id} over ${id}`)).toEqual([]);
      expect(leaves.filter((box) => meet(label, box)).map(({ state }) => `${label.id} over ${state.id}`)).toEqual([]);
    }
  });

  test("has every state within the state around it, beside its siblings", () => {
    const { boxes } = placed;
    const byId = new Map(boxes.map((box) => [box.state.id, box]));
    for (const outer of boxes) {
      const children = outer.state.states.map(({ id }) => byId.get(id)).filter((box): box is Box => box !== undefined);
      expect(children.filter((box) => !holds(outer, box)).map(({ state }) => state.id)).toEqual([]);
      for (const [index, box] of children.entries()) expect(children.slice(index + 1).filter((other) => meet(box, other)).map(({ state }) => state.id)).toEqual([]);
    }
  });
});

test("the picture of the tiers has them in the order of a plan, and says why each is entered and left", async () => {
  const model = pictures.find(({ name }) => name === "run.holding.running.test")?.model;
  expect(model).toBeDefined();
  if (model === undefined) return;
  const { boxes, arrows } = await placeChart(model);
  const tops = ["install", "upgrade", "backup", "restore", "custom"].map((tier) => boxes.find(({ state }) => state.id === `run.holding.running.test.${tier}`)?.y);
  expect(tops).toEqual([...tops].sort((one, other) => Number(one) - Number(other)));
  const label = (from: string, to: string): string =>
    arrows.find(({ arrow }) => arrow.source === `run.holding.running.test.${from}` && arrow.target === `run.holding.running.${to}`)?.label?.lines.flatMap((line) => line.map(({ text }) => text)).join("") ?? "";
  expect(label("choosing", "test.backup")).toBe("is next");
  expect(label("lastLook", "picturing")).toBe("all passed");
  expect(label("explaining", "picturing")).toBe("done");
  for (const { arrow, label: drawn } of arrows) expect(drawn?.lines.flatMap((line) => line.map(({ text }) => text)).join("").trim(), arrow.id).toMatch(/[^·]$/);
});

describe("a chart with one of everything", () => {
  test("is drawn with all of it", async () => {
    const svg = await renderSvg(sound, "sound");
    const words = (svg.match(/>[^<>]+</g) ?? []).map((word) => word.slice(1, -1));
    const drawn = words.join(" ");
    for (const part of [
      "[isPatient and not isBusy]",
      "after workBudget (500 ms)",
      "after cleanBudget (1 s)",
      "entry",
      "greet",
      "exit",
      "note(cleaned)",
      "deaf to",
      "error: work",
      "done: clean",
      "all done",
      "always",
      "[isQuiet]",
      "Works, then cleans up, deaf",
    ])
      expect(drawn, part).toContain(part);
    expect((svg.match(/<text [^>]*>/g) ?? []).filter((text) => !/ textLength="[\d.]+"/.test(text))).toEqual([]);
    expect(svg).toContain('class="deaf"');
    expect(svg).toContain('class="deafmark"');
    for (const sign of ["begins here", "an actor is done", "nothing interrupts it", "side by side", "ends the chart"]) expect(drawn, sign).toContain(sign);
    expect(svg).toContain("uninterruptible");
    expect(svg).toContain("region");
    for (const attribute of ['data-state="sound.working.left.busy"', 'data-source="sound.waiting"', 'data-target="sound.cleaning"']) expect(svg).toContain(attribute);
    expect(svg).toContain("prefers-color-scheme:dark");
  });
});
