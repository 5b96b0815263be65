import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { exportCharts } from "../../src/cli/chart/export.js";
import { machines, sampleContext } from "../../src/cli/chart/machines.js";
import { everyState } from "../../src/cli/chart/graph.js";
import { chartModel } from "../../src/cli/chart/model.js";

const folder = "statecharts";

/** Drawing them all takes seconds: once for all that only look. */
let files: ReadonlyMap<string, string>;
beforeAll(async () => {
  files = await exportCharts();
}, 120_000);

describe("the exported charts", () => {
  test("are what the code says: regenerate them with recipe-ci chart when this fails, and look at the pictures", () => {
    for (const [name, content] of files) {
      expect(existsSync(join(folder, name)), name).toBe(true);
      expect(readFileSync(join(folder, name), "utf8") === content, `${name} drifted`).toBe(true);
    }
    expect(readdirSync(folder).filter((name) => !files.has(name))).toEqual([]);
  });

  test("show every state of every chart by its id, in one picture or another", () => {
    const pictures = [...files].filter(([name]) => name.endsWith(".svg")).map(([, content]) => content);
    for (const machine of Object.values(machines)) {
      for (const { id } of everyState(chartModel(machine, sampleContext))) {
        expect(pictures.some((svg) => svg.includes(`data-state="${id}"`)), id).toBe(true);
      }
    }
  });

  test("give every text a length of its own, so that no font can overflow", () => {
    for (const [name, content] of [...files].filter(([name]) => name.endsWith(".svg"))) {
      const texts = content.match(/<text [^>]*>/g) ?? [];
      expect(texts.length, name).toBeGreaterThan(0);
      expect(texts.filter((text) => !/ textLength="[\d.]+"/.test(text)), name).toEqual([]);
    }
  });

  test("begin with a picture that has a box for each of the five states, and a deaf one for the teardown", () => {
    const first = files.get("run.svg") ?? "";
    for (const state of ["holding.acquire", "holding.running.deploy", "holding.running.test", "holding.tearingDown", "released"]) {
      expect(first, state).toContain(`data-state="run.${state}"`);
    }
    expect(/data-state="run\.holding\.tearingDown".*?<\/g>/s.exec(first)?.[0]).toContain("deafmark");
  });

  test("say in the first picture why a run is left, once for all the states that are left for the same reasons", () => {
    const first = files.get("run.svg") ?? "";
    const ways = [...first.matchAll(/data-source="([^"]*)" data-target="run\.holding\.tearingDown" data-events="([^"]*)"/g)].map(([, from, why]) => [from, why]);
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
