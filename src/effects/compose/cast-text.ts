import type { Shape } from "./docker-schema.js";

const forms = { "whole number": /^[-+]?\d+$/, number: /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?$/i } as const;
const booleans: Readonly<Record<string, boolean>> = { y: true, yes: true, true: true, on: true, n: false, no: false, false: false, off: false };

/**
 * What docker's client makes of a text that a variable was put into, where it wants a number or a boolean (cli/compose/loader,
 * interpolate.go); undefined where it gives up. `inf` and `nan` are numbers for it, and refused right after.
 */
export const castText = (text: string, to: NonNullable<Shape["cast"]>): number | boolean | undefined => {
  if (to !== "boolean") return forms[to].test(text) ? Number(text) : undefined;
  const word = text.toLowerCase();
  return Object.hasOwn(booleans, word) ? booleans[word] : undefined;
};
