import { expect, test } from "vitest";
import { shellWords } from "../../../src/effects/compose/shell-words.js";

/** Texts and the words that google/shlex splits them into. */
test.each<readonly [string, readonly string[]]>([
  ["", []],
  ["  a\tb\r\nc ", ["a", "b", "c"]],
  [String.raw`a "b\n\"c" d\ e`, ["a", 'bn"c', "d e"]],
  [String.raw`'a\' b''c`, [String.raw`a\ `.trim(), "bc"]],
  [`a"b"'c'd ""`, ["abcd", ""]],
  ["a#b #c d\ne", ["a#b", "e"]],
  ["a # b", ["a"]],
  ['"a"#b c', ["a#b", "c"]],
])("%j is split as by google/shlex", (text, words) => expect(shellWords(text)).toEqual(words));

test.each([
  [`it's`, "EOF found when expecting closing quote"],
  [String.raw`"a\"`, "EOF found when expecting closing quote"],
  ["a \\", "EOF found after escape character"],
])("%j is reported as unended", (text, unended) => expect(shellWords(text)).toEqual({ unended }));
