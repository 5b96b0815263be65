import { expect, test } from "vitest";
import { oneLine } from "../../../src/effects/report/printable.js";
import { workedMs } from "../../support/worked.js";

test("a text becomes one line: its line ends and the blanks around them are one blank", () => {
  expect(oneLine("  one \r\n\n\t two\u2028three\rfour  ")).toBe("one two\u2028three four");
  expect(oneLine("\n\n")).toBe("");
});

test("a text of nothing but blanks takes no longer than any other", () => {
  const began = workedMs();
  oneLine(`a${" ".repeat(300_000)}b`);
  oneLine(`a${" \n".repeat(150_000)}b`);
  expect(workedMs(began)).toBeLessThan(300);
});
