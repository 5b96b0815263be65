import { expect, test } from "vitest";
import { settingsIn } from "../../../src/effects/abra/env-file.js";
import { mergeEnv } from "../../../src/effects/abra/merge-env.js";

const merged = (env: string, sample: string): string => mergeEnv(env, "app.env", sample, ".env.sample").text;

test("an upgrade keeps the app's .env and appends the sample's new variables with their values", () => {
  expect(merged("A=mine\n# a note\nB=2\n", "A=theirs\nC=3\n")).toBe("A=mine\n# a note\nB=2\nC=3\n");
});

test("when the sample has a new secret, its comment is appended too, because abra reads the length there", () => {
  expect(merged("A=1", 'A=1\nSECRET_DB_VERSION=v1  # length=12 charset=hex\nNAME="a # b" # why\n')).toBe(
    'A=1\nSECRET_DB_VERSION=v1  # length=12 charset=hex\nNAME="a # b" # why\n',
  );
});

test("a variable that is empty or set in several lines counts as present, one that is commented out does not", () => {
  const env = 'A=\nCOMPOSE_FILE="compose.yml"\nCOMPOSE_FILE="$COMPOSE_FILE:more.yml"\n#C=3\n';
  expect(merged(env, 'A=1\nCOMPOSE_FILE="compose.yml"\nC=3\n')).toBe(`${env}C=3\n`);
});

test("when the sample builds a new variable in several lines, all of them are appended", () => {
  const text = merged("A=1\n", 'COMPOSE_FILE="compose.yml"\nCOMPOSE_FILE="$COMPOSE_FILE:compose.$A.yml"\n');
  expect(settingsIn(text, "app.env")["COMPOSE_FILE"]).toBe("compose.yml:compose.1.yml");
});

test("when a new value spans several lines, all of it is appended", () => {
  expect(settingsIn(merged("A=1\n", 'B="one\ntwo"\nC=3'), "app.env")).toEqual({ A: "1", B: "one\ntwo", C: "3" });
});

test("when the sample has nothing new, the .env stays as it is, as it does the second time", () => {
  expect(merged("A=1\n\n", "A=2\n")).toBe("A=1\n\n");
  const once = merged("A=1\n", "B=2\n");
  expect(merged(once, "B=2\n")).toBe(once);
});
