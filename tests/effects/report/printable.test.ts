import { expect, test } from "vitest";
import { oneLine, printable } from "../../../src/effects/report/printable.js";
import { workedMs } from "../../support/worked.js";

test("a text becomes one line, with one blank for each line end and the blanks around it", () => {
  expect(oneLine("  one \r\n\n\t two\u2028three\rfour  ")).toBe("one two three four");
  expect(oneLine("\n\n")).toBe("");
});

test("a text has nothing that turns its reading order around, and no line begins in it but at a line end", () => {
  for (const code of [0x06_1c, 0x20_0e, 0x20_0f, 0x20_2a, 0x20_2e, 0x20_66, 0x20_69])
    expect(printable(`a${String.fromCodePoint(code)}b`)).toBe("ab");
  for (const code of [0x20_28, 0x20_29]) expect(printable(`a${String.fromCodePoint(code)}b`)).toBe("a b");
});

test("a text of blanks alone takes no longer than any other", () => {
  const began = workedMs();
  oneLine(`a${" ".repeat(300_000)}b`);
  oneLine(`a${" \n".repeat(150_000)}b`);
  expect(workedMs(began)).toBeLessThan(300);
});
