import { expect, test } from "vitest";
import { limitOutput } from "../../../../src/effects/tier/own/logged-output.js";

test("when a run's programs print too much, the rest is dropped, and the log says where it was cut", () => {
  const heard: string[] = [];
  const hear = limitOutput((program, text) => void heard.push(`${program}: ${text}`), 10);
  hear("10-a", "12345");
  hear("20-b", "67890abc");
  hear("30-c", "more");
  expect(heard).toEqual(["10-a: 12345", "20-b: 67890", expect.stringContaining("more than 10 characters")]);
});
