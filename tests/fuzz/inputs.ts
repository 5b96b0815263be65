import * as fc from "fast-check";
import { recipeFileBytesMax } from "../../src/effects/recipe/recipe-file-refused.js";

/** What tends to break a reader: ends, quotes, escapes, other alphabets, bytes that are no text, names of prototypes. */
const nasty = [
  "",
  " ",
  "\0",
  "\r\n",
  "\r",
  "\n",
  "\t",
  "\uFEFF",
  "\u2028",
  "STACK_NAME=\n",
  "\uFFFD",
  "\uD800",
  "'",
  '"',
  "`",
  "\\",
  "$",
  "${",
  "${A:-${B}}",
  "}",
  "{",
  "[",
  "]",
  ":",
  "#",
  "=",
  "--",
  "-",
  "..",
  "/",
  "%00",
  "&a",
  "*a",
  "<<: *a",
  "!!js/function",
  "? ",
  "|",
  ">",
  "__proto__",
  "constructor",
  "toString",
  "null",
  "true",
  "NaN",
  "1e999",
  "-0",
  "9".repeat(400),
  "é",
  "𝕏",
  "\x1b[31m",
] as const;

const piece = fc.oneof(fc.constantFrom(...nasty), fc.string({ unit: "binary", maxLength: 12 }), fc.string({ maxLength: 12 }));

/** One word of a command line or of an environment. */
export const word = (known: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...known) },
    { weight: 2, arbitrary: piece },
    { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...known), piece).map((two) => two.join("")) },
  );

interface Cut {
  readonly at: number;
  readonly length: number;
  readonly put: string;
  readonly times: number;
}

const cut: fc.Arbitrary<Cut> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.nat(12),
  put: piece,
  // Seldom thousands of the same: what a reader in square time shows itself by.
  times: fc.oneof(
    { weight: 60, arbitrary: fc.constant(1) },
    { weight: 3, arbitrary: fc.nat(50) },
    { weight: 1, arbitrary: fc.constant(20_000) },
  ),
});

const applied = (text: string, { at, length, put, times }: Cut): string => {
  const from = Math.floor(at * text.length);
  // No file that a stranger wrote is read beyond this.
  return (text.slice(0, from) + put.repeat(times) + text.slice(from + length)).slice(0, recipeFileBytesMax);
};

/** A text that somebody meant well, with a few pieces of it cut out and others put in; sometimes nothing but pieces. */
export const spoiled = (samples: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc
        .tuple(fc.constantFrom(...samples), fc.array(cut, { minLength: 1, maxLength: 4 }))
        .map(([text, cuts]) => cuts.reduce(applied, text)),
    },
    { weight: 1, arbitrary: fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join("")) },
  );

/** Any document that JSON can carry, or nearly, in the place of one that we wrote. */
export const almostJson = (samples: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof({ weight: 2, arbitrary: spoiled(samples) }, { weight: 1, arbitrary: fc.json() });
