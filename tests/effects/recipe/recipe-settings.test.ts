import { expect, test } from "vitest";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseRecipeSettings, readRecipeSettings } from "../../../src/effects/recipe/recipe-settings.js";
import { nothingAllowed } from "../../../src/machines/allow.js";
import { settings } from "../../support/explore/samples.js";

const parse = (text: string) => parseRecipeSettings(text, "recipe.yml");

test("without a file, or with an empty one, everything has its default", () => {
  expect(parse("")).toEqual({ ...settings, reach: "auto" });
  expect(parse("# nothing\n")).toEqual(parse(""));
});

test("what is given is taken, the rest keeps its default", () => {
  expect(parse("reach: service:app:8080\ntimeouts: {deploy: 90s}")).toMatchObject({ reach: "service:app:8080", timeouts: { deployMs: 90_000, probeMs: 180_000, tierMs: 900_000 } });
});

test("how long tasks must stay and what makes a crash loop can be said", () => {
  expect(parse("monitor: 30s\ncrashLoop: { deaths: 3, after: 20s }").convergence).toEqual({ monitorMs: 30_000, crashDeaths: 3, crashMs: 20_000 });
  expect(parse("crashLoop: { after: 3m }").convergence).toEqual({ monitorMs: 5_000, crashDeaths: 5, crashMs: 180_000 });
});

test.each([
  ["crashLoop: { deaths: 0 }", "crashLoop.deaths is less than 1"],
  ["monitor: 5", "monitor "],
  ["reach: service:app:0", "reach is neither auto nor a URL nor service:<name>:<port>"],
  ["reech: https://x", "unknown key reech. Did you mean reach?"],
  ["timeouts: {de.plyo: 1m}", "unknown key timeouts.de.plyo. Did you mean deploy?"],
  ["a.b: 1", "unknown key a.b. Known: reach, timeouts, monitor, crashLoop, allow."],
  ["timeouts: {deplyo: 1m}", "unknown key timeouts.deplyo. Did you mean deploy?"],
  ["colour: red", "unknown key colour. Known: reach, timeouts, monitor, crashLoop, allow."],
  ["timeouts: {deploy: soon}", "timeouts.deploy is no duration like 90s, 50m or 1h"],
  ["reach: ftp://x", "reach is neither auto nor a URL nor service:<name>:<port>"],
  ["reach: [", "recipe.yml: "],
  ["- a list", "recipe.yml: "],
])("%s is refused with exit code 2: %s", (text, said) => {
  expect(() => parse(text)).toThrowError(expect.objectContaining({ code: "recipe-settings-invalid", exitCode: 2, message: expect.stringContaining(said) as string }));
});

test("a recipe.yml that is none is a wrong setting: 2, at once", () => {
  for (const make of [(path: string) => void execFileSync("mkfifo", [path]), (path: string) => symlinkSync("/dev/zero", path)]) {
    const folder = mkdtempSync(join(tmpdir(), "recipe-ci-settings-"));
    try {
      make(join(folder, "recipe.yml"));
      expect(() => readRecipeSettings(folder)).toThrowError(expect.objectContaining({ code: "recipe-settings-invalid", exitCode: 2 }));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
});

test("what the operator allows is taken item by item, and a slip in it is named", () => {
  expect(parse('allow: { bind: ["/etc/localtime:ro"], ports: [25], capabilities: [NET_ADMIN], host: [pid=host], networks: [proxy2] }').allow).toEqual({
    ...nothingAllowed, bind: ["/etc/localtime:ro"], ports: [25], capabilities: ["NET_ADMIN"], host: ["pid=host"], networks: ["proxy2"],
  });
  expect(() => parse("allow: { binds: [/etc] }")).toThrow("unknown key allow.binds. Did you mean bind?");
  expect(() => parse("allow: { ports: [70000] }")).toThrow("allow.ports.0 is no port");
  expect(() => parse("allow: { bind: [etc] }")).toThrow("allow.bind.0 is no path");
  expect(() => parse("allow: { host: [pid] }")).toThrow("allow.host.0 is no key=value");
});
