import { describe } from "vitest";
import { expectGreen, expectRed, shells } from "./code-cases.js";

const [, ...others] = shells;

describe.concurrent.each(others)("in %s", (_, shell, test) => {
  test("green stays green", () => expectGreen(shell));
  test("red stays red", () => expectRed(shell));
});
