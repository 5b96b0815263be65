import { expect } from "vitest";
import type { Said } from "./world.js";

/** abra gave up: the word is on stdout, the exit code is 1, nothing finer exists. */
export const expectFatal = (said: Said, text: RegExp): void => {
  expect(said.stdout).toMatch(/^FATA/m);
  expect(said.stdout).toMatch(text);
  expect(said.code).toBe(1);
};

export const expectDone = (said: Said): void => {
  expect({ code: said.code, said: said.code === 0 ? "" : said.stdout + said.stderr }).toEqual({ code: 0, said: "" });
};

/** docker gives up on stderr, and with exit code 1 unless said otherwise. */
export const expectRefused = (said: Said, text: RegExp): void => {
  expect(said.stderr).toMatch(text);
  expect(said.code).toBe(1);
};

/** abra's logger may precede the document on the same stream. */
export const jsonIn = (said: Said): unknown => {
  const start = said.stdout.search(/^[[{]/m);
  if (start === -1) throw new Error(`no JSON in ${said.stdout}${said.stderr}`);
  return JSON.parse(said.stdout.slice(start)) as unknown;
};
