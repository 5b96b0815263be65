import { expect, test } from "vitest";
import { shellWords } from "../../../src/effects/compose/shell-words.js";

/** As google/shlex splits them. */
test.each<readonly [string, readonly string[]]>([
  ["", []],
  ["  a\tb\r\nc ", ["a", "b", "c"]],
  [String.raw`a "b\n\"c" d\ e`, ["a", 'bn"c', "d e"]],
  [String.raw`'a\' b''c`, [String.raw`a\ `.trim(), "bc"]],
  [`a"b"'c'd ""`, ["abcd", ""]],
  ["a#b #c d\ne", ["a#b", "e"]],
  ["a # b", ["a"]],
  ['"a"#b c', ["a#b", "c"]],
])("%j", (text, words) => expect(shellWords(text)).toEqual(words));

test.each([
  [`it's`, "EOF found when expecting closing quote"],
  [String.raw`"a\"`, "EOF found when expecting closing quote"],
  ["a \\", "EOF found after escape character"],
])("%j does not end", (text, unended) => expect(shellWords(text)).toEqual({ unended }));
