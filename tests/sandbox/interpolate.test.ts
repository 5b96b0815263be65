import { expect, test } from "vitest";
import { interpolateAll } from "../../sandbox/docker/compose/interpolate.js";
import { expansionMax, substitute } from "../../src/effects/compose/substitute.js";

const variables = { A: "a", EMPTY: "" };
const at = { file: "compose.yml", line: 1 };
const ours = (text: string): string => substitute(text, { lookup: new Map(Object.entries(variables)), left: expansionMax }, at);

/** The values as docker's client 28.2 interpolates them. */
test.each([
  ["${A}${NO}", "a"],
  ["${NO-x}${EMPTY-x}${EMPTY:-y}", "xy"],
  ["${NO:-a-b:-c}", "a-b:-c"],
  ["${A?}${A:?why}${EMPTY?}", "aa"],
  ["${NO?-x}", "x"],
  ["${A?-x}", "x"],
  ["${A-b:-c}", "c"],
  ["${NO:?-x}", "x"],
])("%s comes to %s, here and in the sandbox, as with docker's client", (text, made) => {
  expect(interpolateAll(text, variables)).toBe(made);
  expect(ours(text)).toBe(made);
});

test.each(["${NO?why}", "${NO:?why}", "${EMPTY:?}"])("%s is refused without a value, by recipe-ci and by the sandbox", (text) => {
  expect(() => interpolateAll(text, variables)).toThrow("is missing a value");
  expect(() => ours(text)).toThrow("is required and is not set");
});
