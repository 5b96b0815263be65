import { describe } from "vitest";
import { calls, expectGreen, expectRed, expectRefused, shells } from "./code-cases.js";

// Whole runs in the other shells are in codes.slow.test.ts; that the launcher passes every code on in each of them is in tests/launcher.
const [[inSh, sh, test]] = shells;

describe.concurrent(`in ${inSh}`, () => {
  test("green stays green", () => expectGreen(sh));
  test("red stays red", () => expectRed(sh));
  for (const [name, call] of calls) test(`a refusal stays one, as ${name} of a shell with a trap`, () => expectRefused(sh, call));
});
