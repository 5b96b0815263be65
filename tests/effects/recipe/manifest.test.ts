import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { manifestLines, manifestOf } from "../../../src/effects/recipe/manifest.js";
import { settingsLines } from "../../../src/effects/recipe/settings-words.js";
import { defaultSettings, parseRecipeSettings, readSettings, withVariant } from "../../../src/effects/recipe/recipe-settings.js";
import { rememberSecret } from "../../../src/effects/redact.js";
import { app } from "../../support/explore/samples.js";
import { writeProgram } from "../../support/own-code.js";
import { temporaryFolder } from "../../support/processes.js";

const resolve = (text: string) => {
  const folder = temporaryFolder();
  const folders = { operatorDir: join(folder, "operator"), recipeDir: join(folder, "recipe-ci") };
  for (const name of ["tests/custom/10-a", "tests/custom/20-b", "pre_backup.sh"]) writeProgram(folders.operatorDir, name, "exit 0");
  writeProgram(folders.recipeDir, "tests/custom/30-own", "exit 0");
  writeFileSync(join(folders.operatorDir, "compose.ccci.yml"), "");
  return manifestOf({ app, settings: parseRecipeSettings(text, "recipe.yml"), settingsFrom: "operator", variant: null, folders });
};

test("the manifest has every setting as it counted, whose programs will run, and whether there is an overlay", () => {
  const manifest = resolve("timeouts: { deploy: 20m }\nenv: { LOG_LEVEL: debug }\n");
  expect(manifest).toMatchObject({
    recipe: "hello",
    overlay: true,
    settings_from: "operator",
    programs: [
      { name: "pre_backup.sh", author: "operator" },
      { name: "tests/custom/10-a", author: "operator" },
      { name: "tests/custom/20-b", author: "operator" },
      { name: "tests/custom/30-own", author: "recipe" },
    ],
    settings: { timeouts: { deployMs: 1_200_000, tierMs: 900_000 }, env: { LOG_LEVEL: "debug" } },
  });
  expect(manifestLines(manifest, defaultSettings())).toEqual([
    "settings: the operator's recipe.yml, compose.ccci.yml on top; timeouts.deploy=20 min env.LOG_LEVEL=debug",
    "the operator's programs: pre_backup.sh, tests/custom/10-a, tests/custom/20-b",
    "the recipe's own programs: tests/custom/30-own",
  ]);
});

test("what has the name of a secret, or is one that is known, is masked in it", () => {
  rememberSecret("hunter2-known");
  const manifest = resolve(
    "env: { SMTP_PASSWORD: hunter2-new, GREETING: say hunter2-known }\nvariants: { x: { env: { API_TOKEN: hunter2-other } } }\n",
  );
  expect(JSON.stringify(manifest)).not.toContain("hunter2");
  expect(manifest.settings).toMatchObject({ env: { SMTP_PASSWORD: "***", GREETING: "say ***" } });
});

test("the operator's recipe.yml counts, else the recipe's own where it may be heard, else the defaults", () => {
  const folder = temporaryFolder();
  const [operatorDir, recipeDir] = [join(folder, "operator"), join(folder, "own")];
  expect(readSettings(operatorDir, recipeDir)).toEqual({ settings: defaultSettings(), from: "defaults" });
  mkdirSync(recipeDir);
  writeFileSync(join(recipeDir, "recipe.yml"), "reach: service:own:80\n");
  expect(readSettings(operatorDir, recipeDir)).toMatchObject({ settings: { reach: "service:own:80" }, from: "recipe" });
  expect(readSettings(operatorDir, null).from).toBe("defaults");
  mkdirSync(operatorDir);
  writeFileSync(join(operatorDir, "recipe.yml"), "");
  expect(readSettings(operatorDir, recipeDir)).toEqual({ settings: defaultSettings(), from: "operator" });
});

test("a variant is the recipe's settings with its own variables and compose files on top", () => {
  const settings = parseRecipeSettings(
    "env: { A: '1', B: '2' }\ncompose: [compose.db.yml]\nvariants: { smtp: { env: { B: '3' }, compose: [compose.smtp.yml] }, plain: {} }",
    "recipe.yml",
  );
  expect(withVariant(settings, null)).toBe(settings);
  expect(withVariant(settings, "smtp")).toMatchObject({ env: { A: "1", B: "3" }, compose: ["compose.db.yml", "compose.smtp.yml"] });
  expect(() => withVariant(settings, "smpt")).toThrowError(
    expect.objectContaining({ code: "bad-setting", exitCode: 2, hint: "Did you mean smtp?" }),
  );
  expect(() => withVariant(defaultSettings(), "smtp")).toThrowError(expect.objectContaining({ hint: "Its recipe.yml has no variants." }));
});

test("settings are told by the keys and values that recipe.yml has, and what is empty is left out of the full list", () => {
  const manifest = resolve(
    "monitor: 1s\ncrashLoop: { deaths: 3, after: 10s }\nhealth: { status: [2xx, 401], redirects: stop }\nscreenshot: false\n",
  );
  expect(manifestLines(manifest, defaultSettings())[0]).toBe(
    "settings: the operator's recipe.yml, compose.ccci.yml on top; health.status=200-299,401 health.redirects=stop monitor=1 s crashLoop.deaths=3 crashLoop.after=10 s screenshot=false",
  );
  const lines = settingsLines(manifest.settings);
  expect(lines).toEqual(
    expect.arrayContaining([
      "reach: auto",
      "health: status=200-299,401 redirects=stop inARow=2",
      "timeouts: deploy=10 min probe=3 min tier=15 min hook=5 min",
    ]),
  );
  expect(lines.filter((line) => /allow|compose|upgradeBase/.test(line))).toEqual([]);
});
