import { expect, test } from "vitest";
import { pageToDraw } from "../../../src/effects/screenshot/page-to-draw.js";

test.each([
  ["https://app.example.com", "", "https://app.example.com"],
  ["http://127.0.0.1:8080/", "/login?next=/", "http://127.0.0.1:8080/login?next=/"],
  ["https://app.example.com/wiki/", "/start", "https://app.example.com/wiki/start"],
  ["https://app.example.com", null, null],
  ["tcp://127.0.0.1:5432", "", null],
] as const)("of %s with screenshot: %j the page %s is drawn", (url, screenshot, page) => {
  expect(pageToDraw(url, screenshot)).toBe(page);
});

test("no path leads to another host", () => {
  for (const path of ["//evil.example", "/\\evil.example", "/@evil.example", "/:80@evil.example"]) {
    expect([path, new URL(pageToDraw("https://app.example.com", path) ?? "").hostname]).toEqual([path, "app.example.com"]);
  }
});
