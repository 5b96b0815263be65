import { expect, test } from "vitest";
import { createTail } from "../../../src/effects/children/output-tail.js";

test("a tail keeps the newest characters of a stream", () => {
  const tail = createTail(4);
  for (const more of ["a", "bcd", "efghi", "j"]) tail.add(more);
  expect(tail.text()).toBe("ghij");
  tail.add("");
  expect(tail.text()).toBe("ghij");
});

test("a tail of no characters takes a stream longer than any string can be", () => {
  const tail = createTail(0);
  const gigabyte = 2 ** 30;
  const chunk = "x".repeat(2 ** 24);
  for (let told = 0; told < gigabyte; told += chunk.length) tail.add(chunk);
  expect(tail.text()).toBe("");
});
