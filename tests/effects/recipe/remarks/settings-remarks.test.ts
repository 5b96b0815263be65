import { join } from "node:path";
import { expect, test } from "vitest";
import { settingsRemarks } from "../../../../src/effects/recipe/remarks/settings-remarks.js";
import { parseRecipeSettings } from "../../../../src/effects/recipe/recipe-settings.js";
import type { Tier } from "../../../../src/machines/vocabulary.js";
import { app } from "../../../support/explore/samples.js";
import { writeProgram } from "../../../support/own-code.js";
import { temporaryFolder } from "../../../support/processes.js";

const remarksOn = (
  text: string,
  { tiers = ["install"], programs = [] }: { readonly tiers?: readonly Tier[]; readonly programs?: readonly string[] } = {},
): readonly string[] => {
  const operatorDir = join(temporaryFolder(), "operator");
  for (const name of programs) writeProgram(operatorDir, name, "exit 0");
  return settingsRemarks({
    app,
    settings: parseRecipeSettings(text, "recipe.yml"),
    checked: { services: ["app", "db"], names: { network: [], volume: [`${app.stack}_data`], secret: [], config: [] } },
    plan: { rounds: [{ deploys: { tag: null, commit: app.commit }, tiers }], skips: [] },
    folders: { operatorDir, recipeDir: null },
  });
};

test("settings that name what the recipe has are remarked upon with nothing", () => {
  const text = "reach: service:app:8080\nready: [{ tcp: db:5432 }]\nclearedVolumes: [data]\nbackupVerify: look\n";
  expect(remarksOn(text, { tiers: ["install", "custom"], programs: ["look", "tests/custom/10-a"] })).toEqual([]);
  expect(remarksOn("reach: https://www.{domain}\n")).toEqual([]);
});

test.each([
  ["reach: service:web:8080", "the stack has no service web"],
  ["reach: https://example.com", "it needs {domain}"],
  ["health: { tcp: web:80 }", "health asks web:80, and the recipe has no service web: it has app, db"],
  ["ready: [{ tcp: web:80 }]", "ready asks web:80"],
  ["clearedVolumes: [cache]", "clearedVolumes names cache, and the recipe has no such volume: it has data"],
  ["backupVerify: look", "beside recipe.yml is no executable of that name"],
])("%s is told before a run finds out late", (text, remark) => {
  expect(remarksOn(text)).toEqual([expect.stringContaining(remark)]);
});

test("a custom tier without a test is told, for it would be red", () => {
  expect(remarksOn("", { tiers: ["custom"] })).toEqual([expect.stringContaining("the custom tier has no test")]);
});
