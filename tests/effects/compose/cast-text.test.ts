import { expect, test } from "vitest";
import { castText } from "../../../src/effects/compose/cast-text.js";

/** Texts with a variable put in, and what docker's client casts them to. */
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
] as const)("a cast to a %s makes %j into %s", (to, text, made) => expect(castText(text, to)).toBe(made));
