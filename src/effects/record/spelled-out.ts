import { directionMarks, lineSeparators, terminalControls } from "../unseen.js";

const unseen = new RegExp(`[${terminalControls}${lineSeparators}${directionMarks}]`, "gu");

/**
 * The same JSON with the unseen characters as `\uXXXX`: people read a run's files with `cat` and `tail`, and strangers' text is in them.
 */
export const spelledOut = (json: string): string =>
  json.replaceAll(unseen, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
