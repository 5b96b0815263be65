import { describe } from "vitest";
import { calls, expectGreen, expectRed, expectRefused, shells } from "./code-cases.js";

const [, ...others] = shells;

describe.concurrent.each(others)("in %s", (_, shell, test) => {
  test("green stays green", () => expectGreen(shell));
  test("red stays red", () => expectRed(shell));
  for (const [name, call] of calls) test(`a refusal stays one, as ${name} of a shell with a trap`, () => expectRefused(shell, call));
});
