import { expect, test } from "vitest";
import { parseRecipeSettings } from "../../../src/effects/recipe/recipe-settings.js";

const parse = (text: string) => parseRecipeSettings(text, "recipe.yml");

test("without a file, or with an empty one, everything has its default", () => {
  expect(parse("")).toEqual({ reach: "https://{domain}", timeouts: { deployMs: 600_000, probeMs: 180_000, tierMs: 900_000 } });
  expect(parse("# nothing\n")).toEqual(parse(""));
});

test("what is given is taken, the rest keeps its default", () => {
  expect(parse("reach: service:app:8080\ntimeouts: {deploy: 90s}")).toEqual({ reach: "service:app:8080", timeouts: { deployMs: 90_000, probeMs: 180_000, tierMs: 900_000 } });
});

test.each([
  ["reech: https://x", "unknown key reech. Did you mean reach?"],
  ["timeouts: {deplyo: 1m}", "unknown key timeouts.deplyo. Did you mean deploy?"],
  ["colour: red", "unknown key colour. Known: reach, timeouts, deploy, probe, tier."],
  ["timeouts: {deploy: soon}", "timeouts.deploy is no duration like 90s, 50m or 1h"],
  ["reach: ftp://x", "reach is neither a URL nor service:<name>:<port>"],
  ["reach: [", "recipe.yml: "],
  ["- a list", "recipe.yml: "],
])("%s is refused with exit code 2: %s", (text, said) => {
  expect(() => parse(text)).toThrowError(expect.objectContaining({ code: "recipe-settings-invalid", exitCode: 2, message: expect.stringContaining(said) as string }));
});
