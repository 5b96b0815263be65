import type { Shape } from "./docker-schema.js";

const forms = { "whole number": /^[-+]?\d+$/, number: /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?$/i } as const;
const booleans: Readonly<Record<string, boolean>> = {
  y: true,
  yes: true,
  true: true,
  on: true,
  n: false,
  no: false,
  false: false,
  off: false,
};

/**
 * What docker's client makes of a text with a substituted variable if it wants a number or a boolean (cli/compose/loader,
 * interpolate.go); undefined if it gives up. It takes `inf` and `nan` for numbers, and refuses them right after.
 */
export const castText = (text: string, to: NonNullable<Shape["cast"]>): number | boolean | undefined => {
  if (to !== "boolean") return forms[to].test(text) ? Number(text) : undefined;
  const word = text.toLowerCase();
  return Object.hasOwn(booleans, word) ? booleans[word] : undefined;
};
