import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { exportCharts, picturesOf, placeCharts } from "../../src/cli/chart/export.js";
import { everyState } from "../../src/cli/chart/graph.js";
import { placeChart, type Box, type Placement } from "../../src/cli/chart/layout.js";
import { machines, sampleContext } from "../../src/cli/chart/machines.js";
import { chartModel } from "../../src/cli/chart/model.js";
import { renderSvg } from "../../src/cli/chart/svg.js";
import { lineWidth } from "../../src/cli/chart/text.js";
import { soundChart } from "./fixtures/sound-chart.js";

const folder = "statecharts";

const sound = chartModel(soundChart, { waitMs: 500, noted: [] });

/** Laying the charts out takes seconds, so it is done once for all tests. */
let placements: ReadonlyMap<string, Placement>;
let files: ReadonlyMap<string, string>;
beforeAll(async () => {
  const charts = await placeCharts();
  placements = new Map([
    ...charts.flatMap(({ pictures }) => pictures.map(({ name, placement }) => [name, placement] as const)),
    ["sound", await placeChart(sound)],
  ]);
  files = exportCharts(charts);
}, 120_000);

const placementOf = (name: string): Placement => {
  const found = placements.get(name);
  if (found === undefined) throw new Error(`there is no picture ${name}`);
  return found;
};

describe("the exported charts", () => {
  test("match the code: when this fails, regenerate them with recipe-ci chart and look at the pictures", () => {
    for (const [name, content] of files) {
      expect(existsSync(join(folder, name)), name).toBe(true);
      expect(readFileSync(join(folder, name), "utf8") === content, `${name} drifted`).toBe(true);
    }
    expect(readdirSync(folder).filter((name) => !files.has(name))).toEqual([]);
  });

  test("show every state of every chart by its id in some picture", () => {
    const pictures = [...files].filter(([name]) => name.endsWith(".svg")).map(([, content]) => content);
    for (const machine of Object.values(machines)) {
      for (const { id } of everyState(chartModel(machine, sampleContext))) {
        expect(
          pictures.some((svg) => svg.includes(`data-state="${id}"`)),
          id,
        ).toBe(true);
      }
    }
  });

  test("set a length on every text, so that it fits in any font", () => {
    for (const [name, content] of [...files].filter(([name]) => name.endsWith(".svg"))) {
      const texts = content.match(/<text [^>]*>/g) ?? [];
      expect(texts.length, name).toBeGreaterThan(0);
      expect(
        texts.filter((text) => !/ textLength="[\d.]+"/.test(text)),
        name,
      ).toEqual([]);
    }
  });

  test("begin with a picture that has a box for each of the five states and marks the teardown as deaf", () => {
    const first = files.get("run.svg") ?? "";
    for (const state of ["holding.acquire", "holding.running.deploy", "holding.running.test", "holding.tearingDown", "released"]) {
      expect(first, state).toContain(`data-state="run.${state}"`);
    }
    expect(/data-state="run\.holding\.tearingDown".*?<\/g>/s.exec(first)?.[0]).toContain("deafmark");
  });

  test("say in the first picture once what leads from any running state to the teardown", () => {
    const first = files.get("run.svg") ?? "";
    const ways = [...first.matchAll(/data-source="([^"]*)" data-target="run\.holding\.tearingDown" data-events="([^"]*)"/g)].map(
      ([, from, why]) => [from, why],
    );
    expect(ways).toEqual([
      ["run.holding.running", "any failure · stop · deadline · lock lost"],
      ["run.holding.running.picturing", "done"],
    ]);
  });

  test("name every guard and action, and describe every state", () => {
    for (const machine of Object.values(machines)) {
      const chart = chartModel(machine, sampleContext);
      expect(JSON.stringify(chart)).not.toContain('"inline');
      for (const { id, description } of everyState(chart)) expect(description, id).not.toBeNull();
    }
  });
});

interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const meet = (one: Rect, other: Rect): boolean =>
  one.x < other.x + other.width && other.x < one.x + one.width && one.y < other.y + other.height && other.y < one.y + one.height;

const holds = (outer: Rect, inner: Rect): boolean =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height;

const names = [
  ...Object.entries(machines).flatMap(([name, machine]) =>
    picturesOf(name, chartModel(machine, sampleContext)).map((picture) => picture.name),
  ),
  "sound",
];

describe.each(names)("the picture %s", (name) => {
  let placed: Placement;
  beforeAll(() => {
    placed = placementOf(name);
  });

  test("fits a screen", () => {
    const { width, height } = placed;
    expect(width, name).toBeLessThanOrEqual(1_700);
    expect(height, name).toBeLessThanOrEqual(1_800);
  });

  test("keeps every text within its box and no label over another label or a state", () => {
    const { boxes, arrows } = placed;
    const leaves = boxes.filter(({ state }) => state.states.length === 0);
    for (const box of boxes) for (const line of box.lines) expect(lineWidth(line), box.state.id).toBeLessThanOrEqual(box.width);
    const labels = arrows.flatMap(({ arrow, label }) => (label === null ? [] : [{ id: arrow.id, ...label }]));
    for (const [index, label] of labels.entries()) {
      for (const line of label.lines) expect(lineWidth(line), label.id).toBeLessThanOrEqual(label.width);
      expect(
        labels
          .slice(index + 1)
          .filter((other) => meet(label, other))
          .map(({ id }) => `${label.id} over ${id}`),
      ).toEqual([]);
      expect(leaves.filter((box) => meet(label, box)).map(({ state }) => `${label.id} over ${state.id}`)).toEqual([]);
    }
  });

  test("keeps every state within its parent and beside its siblings", () => {
    const { boxes } = placed;
    const byId = new Map(boxes.map((box) => [box.state.id, box]));
    for (const outer of boxes) {
      const children = outer.state.states.map(({ id }) => byId.get(id)).filter((box): box is Box => box !== undefined);
      expect(children.filter((box) => !holds(outer, box)).map(({ state }) => state.id)).toEqual([]);
      for (const [index, box] of children.entries())
        expect(
          children
            .slice(index + 1)
            .filter((other) => meet(box, other))
            .map(({ state }) => state.id),
        ).toEqual([]);
    }
  });
});

test("the picture of the tiers shows them in the order of a plan, and a label on each arrow says when it is taken", () => {
  const { boxes, arrows } = placementOf("run.holding.running.test");
  const tops = ["install", "upgrade", "backup", "restore", "custom"].map(
    (tier) => boxes.find(({ state }) => state.id === `run.holding.running.test.${tier}`)?.y,
  );
  expect(tops).toEqual([...tops].sort((one, other) => Number(one) - Number(other)));
  const label = (from: string, to: string): string =>
    arrows
      .find(({ arrow }) => arrow.source === `run.holding.running.test.${from}` && arrow.target === `run.holding.running.${to}`)
      ?.label?.lines.flatMap((line) => line.map(({ text }) => text))
      .join("") ?? "";
  expect(label("choosing", "test.backup")).toBe("is next");
  expect(label("lastLook", "picturing")).toBe("all passed");
  expect(label("explaining", "picturing")).toBe("done");
  for (const { arrow, label: drawn } of arrows)
    expect(
      drawn?.lines
        .flatMap((line) => line.map(({ text }) => text))
        .join("")
        .trim(),
      arrow.id,
    ).toMatch(/[^·]$/);
});

describe("a chart with one of each feature", () => {
  test("is drawn with all of them", () => {
    const svg = renderSvg(sound, placementOf("sound"), "sound");
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
    for (const sign of ["begins here", "an actor is done", "nothing interrupts it", "side by side", "ends the chart"])
      expect(drawn, sign).toContain(sign);
    expect(svg).toContain("uninterruptible");
    expect(svg).toContain("region");
    for (const attribute of ['data-state="sound.working.left.busy"', 'data-source="sound.waiting"', 'data-target="sound.cleaning"'])
      expect(svg).toContain(attribute);
    expect(svg).toContain("prefers-color-scheme:dark");
  });
});
