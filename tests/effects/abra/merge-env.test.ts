import { expect, test } from "vitest";
import { settingsIn } from "../../../src/effects/abra/env-file.js";
import { mergeEnv } from "../../../src/effects/abra/merge-env.js";

const merged = (env: string, sample: string): string => mergeEnv(env, "app.env", sample, ".env.sample").text;

test("what the app's .env says stays, and what is new in the sample comes behind it with the sample's value", () => {
  expect(merged("A=mine\n# a note\nB=2\n", "A=theirs\nC=3\n")).toBe("A=mine\n# a note\nB=2\nC=3\n");
});

test("a new secret comes with the comment behind it, where abra reads its length", () => {
  expect(merged("A=1", 'A=1\nSECRET_DB_VERSION=v1  # length=12 charset=hex\nNAME="a # b" # why\n')).toBe(
    'A=1\nSECRET_DB_VERSION=v1  # length=12 charset=hex\nNAME="a # b" # why\n',
  );
});

test("a key that the app's .env sets to nothing, or in several lines, is there; one that is commented out is not", () => {
  const env = 'A=\nCOMPOSE_FILE="compose.yml"\nCOMPOSE_FILE="$COMPOSE_FILE:more.yml"\n#C=3\n';
  expect(merged(env, 'A=1\nCOMPOSE_FILE="compose.yml"\nC=3\n')).toBe(`${env}C=3\n`);
});

test("a new key that the sample builds up in several lines comes with all of them", () => {
  const text = merged("A=1\n", 'COMPOSE_FILE="compose.yml"\nCOMPOSE_FILE="$COMPOSE_FILE:compose.$A.yml"\n');
  expect(settingsIn(text, "app.env")["COMPOSE_FILE"]).toBe("compose.yml:compose.1.yml");
});

test("a value over several lines stays whole", () => {
  expect(settingsIn(merged("A=1\n", 'B="one\ntwo"\nC=3'), "app.env")).toEqual({ A: "1", B: "one\ntwo", C: "3" });
});

test("nothing is written where nothing is new, and a second time changes nothing", () => {
  expect(merged("A=1\n\n", "A=2\n")).toBe("A=1\n\n");
  const once = merged("A=1\n", "B=2\n");
  expect(merged(once, "B=2\n")).toBe(once);
});
