import { expect, test } from "vitest";
import { castText } from "../../../src/effects/compose/cast-text.js";

/** As docker's client casts a text that a variable was put into. */
test.each([
  ["whole number", "-12", -12],
  ["whole number", "1.5", undefined],
  ["whole number", "", undefined],
  ["number", "+1.5E-1", 0.15],
  ["number", "5.", 5],
  ["number", ".", undefined],
  ["number", "0x10", undefined],
  ["boolean", "YES", true],
  ["boolean", "off", false],
  ["boolean", "1", undefined],
  ["boolean", "constructor", undefined],
] as const)("to a %s, %j comes to %s", (to, text, made) => expect(castText(text, to)).toBe(made));
