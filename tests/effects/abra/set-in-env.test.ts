import * as fc from "fast-check";
import { expect, test } from "vitest";
import { settingsIn } from "../../../src/effects/abra/env-file.js";
import { setInEnv, withComposeFiles, withDomain } from "../../../src/effects/abra/set-in-env.js";
import { workedMs } from "../../support/worked.js";

const set = (text: string, wanted: Record<string, string>) => setInEnv(text, ".env", wanted);

test("a variable is set in its own line, and variables below that use it get the new value", () => {
  const text = "# the level\nexport LEVEL=info # or debug\nNAME=app-$LEVEL\nLEVEL=warn\n";
  expect(set(text, { LEVEL: "debug", NEW: "1" })).toBe("# the level\nLEVEL=debug # or debug\nNAME=app-$LEVEL\n\nNEW=1\n");
  expect(settingsIn(set(text, { LEVEL: "debug" }), ".env")).toEqual({ LEVEL: "debug", NAME: "app-debug" });
});

test.each([
  "",
  "plain",
  "two words",
  "a # b",
  "$HOME",
  "${A}",
  "it's",
  'say "x"',
  'both \' and "x" here',
  "line\nbreak",
  "back\\slash",
  "ends\\",
  "\\$x",
  "`a`, `b`",
  " padded ",
  "tab\there",
  "#x",
  "é",
])("the value %j is read back as it was set", (value) => {
  expect(settingsIn(set("A=old\nB=2", { A: value, C: value }), ".env")).toEqual({ A: value, B: "2", C: value });
});

test("any value is read back exactly, or refused as one that cannot be written", () => {
  const char = fc.constantFrom("a", "b", " ", "$", "'", '"', "\\", "\n", "\r", "#", "=", "{", "}", "`", "\t", "1");
  fc.assert(
    fc.property(
      fc.array(char, { maxLength: 12 }).map((chars) => chars.join("")),
      (value) => {
        try {
          expect(settingsIn(set("X=1\nA=old\nY=$A\n", { A: value }), ".env")["A"]).toBe(value);
        } catch (error) {
          expect(error).toMatchObject({ code: "recipe-settings-invalid" });
        }
      },
    ),
    { numRuns: 500 },
  );
});

test("compose files are appended to those that the .env names, each once", () => {
  const files = (text: string, more: readonly string[]) => settingsIn(withComposeFiles(text, ".env", more), ".env")["COMPOSE_FILE"];
  expect(files("", ["compose.smtp.yml"])).toBe("compose.yml:compose.smtp.yml");
  expect(files('COMPOSE_FILE=compose.yml\nCOMPOSE_FILE="$COMPOSE_FILE:compose.db.yml"', ["compose.db.yml", "compose.smtp.yml"])).toBe(
    "compose.yml:compose.db.yml:compose.smtp.yml",
  );
});

test("{domain} in a value becomes the app's domain", () => {
  expect(withDomain({ A: "www.{domain},{domain}", B: "{other}" }, "note.ci.test")).toEqual({
    A: "www.note.ci.test,note.ci.test",
    B: "{other}",
  });
});

test.each([`A="${" ".repeat(60_000)}"`, `A="${" #".repeat(30_000)}"`])("a variable of 60 kB in its quotes is replaced at once", (line) => {
  const began = workedMs();
  expect(set(`${line} # why\n`, { A: "1" })).toBe("A=1 # why\n");
  expect(workedMs(began)).toBeLessThan(500);
});
