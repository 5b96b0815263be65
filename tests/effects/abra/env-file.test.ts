import { array, assert as forAll, constantFrom, dictionary, property, string, stringMatching } from "fast-check";
import { expect, test } from "vitest";
import { parseEnv, setEnv } from "../../../src/effects/abra/env-file.js";

const keys = stringMatching(/^[A-Z][A-Z0-9_]{0,12}$/);
const values = stringMatching(/^[a-z0-9./:-]{0,20}$/);

test("what is set is what is read, and nothing else changes, whatever the file looks like", () => {
  forAll(
    property(dictionary(keys, values), keys, values, constantFrom("", "\n", "\n# the end", "\n\n"), (settings, key, value, end) => {
      const before = Object.entries(settings).map(([name, one]) => `${name}=${one}`).join("\n") + end;
      expect(parseEnv(setEnv(before, key, value))).toEqual({ ...parseEnv(before), [key]: value });
    }),
  );
});

test("setting twice ends as setting once", () => {
  forAll(property(array(string()), keys, values, (lines, key, value) => {
    const once = setEnv(lines.join("\n"), key, value);
    expect(setEnv(once, key, value)).toBe(once);
  }));
});

test("a key is never glued to a last line without an end, and a commented one is no setting", () => {
  expect(setEnv("A=1 # last", "B", "2")).toBe("A=1 # last\nB=2\n");
  expect(setEnv("#DOMAIN=x\n", "DOMAIN", "y")).toBe("#DOMAIN=x\nDOMAIN=y\n");
  expect(setEnv("A=$&", "A", "$1")).toBe("A=$1");
});

test("values are read as compose reads them: quotes, comments, and what builds on an earlier line", () => {
  const text = [
    'COMPOSE_FILE="compose.yml"',
    'COMPOSE_FILE="$COMPOSE_FILE:compose.more.yml"',
    "TIMEOUT=60 # seconds",
    "EMPTY=",
    "export EXPORTED='a # b'",
    "URL=https://${HOST}/x",
    "not a setting",
  ].join("\n");
  expect(parseEnv(text)).toEqual({ COMPOSE_FILE: "compose.yml:compose.more.yml", TIMEOUT: "60", EMPTY: "", EXPORTED: "a # b", URL: "https:///x" });
});
