import { directionMarks, lineSeparators, terminalControls } from "../unseen.js";

/** Colours and cursor moves of a terminal: tests like to print them. */
// oxlint-disable-next-line no-control-regex -- they are what this is about
const escapes = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]{0,4096}(?:\u0007|\u001b\\)|[@-Z\\-_])/g;

/** C0 but for tabs and line ends, and two non-characters: XML 1.0 has no place for them, escaped or not. */
const notInXml = "\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\ufffe\\uffff";

const dropped = new RegExp(`[${notInXml}${terminalControls}${directionMarks}]`, "gu");

const separators = new RegExp(`[${lineSeparators}]`, "gu");

/** Halves of a character, which no file can have. */
const halves = /\p{Surrogate}/gu;

/** Text that a stranger's program printed, without what only a terminal understands. Line ends are `\n`. Linear. */
export const printable = (text: string): string =>
  text.replaceAll(escapes, "").replaceAll(/\r\n?/g, "\n").replaceAll(dropped, "").replaceAll(separators, " ").replaceAll(halves, "\ufffd");

/** The same in one line, so that no line end in a stranger's text can begin a line that looks like one of ours. */
export const oneLine = (text: string): string =>
  printable(text)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join(" ");

/** The last characters of a text of any length, from the start of a line if one begins among them. */
export const endOfText = (text: string, charsMax: number): string => {
  if (text.length <= charsMax) return text;
  const end = text.slice(text.length - charsMax);
  const line = end.indexOf("\n");
  return `… ${text.length - charsMax} characters more\n${line === -1 ? end : end.slice(line + 1)}`;
};

export const firstLine = (text: string, charsMax = 300): string => {
  const line = text.trimStart().split("\n", 1)[0] ?? "";
  return line.length <= charsMax ? line : `${line.slice(0, charsMax)}…`;
};
