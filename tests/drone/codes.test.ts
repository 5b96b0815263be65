import { describe } from "vitest";
import { calls, expectGreen, expectRed, expectRefused, shells } from "./code-cases.js";

// codes.slow.test.ts tests whole runs in the other shells. tests/launcher tests that the launcher passes on every code in each shell.
const [[inSh, sh, test]] = shells;

describe.concurrent(`in ${inSh}`, () => {
  test("green stays green", () => expectGreen(sh));
  test("red stays red", () => expectRed(sh));
  for (const [name, call] of calls) test(`a refusal stays one, as ${name} of a shell with a trap`, () => expectRefused(sh, call));
});
