import { expect, test } from "vitest";
import { limitOutput } from "../../../../src/effects/tier/own/logged-output.js";

test("of what all programs of a run print, a bounded part is handed on, and the log says where it ends", () => {
  const heard: string[] = [];
  const hear = limitOutput((program, text) => void heard.push(`${program}: ${text}`), 10);
  hear("10-a", "12345");
  hear("20-b", "67890abc");
  hear("30-c", "more");
  expect(heard).toEqual(["10-a: 12345", "20-b: 67890", expect.stringContaining("more than 10 characters")]);
});
