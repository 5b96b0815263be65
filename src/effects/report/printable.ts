/** Colours and cursor moves of a terminal: tests like to print them. */
// oxlint-disable-next-line no-control-regex -- they are what this is about
const escapes = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]{0,4096}(?:\u0007|\u001b\\)|[@-Z\\-_])/g;

/** XML 1.0 has no place for them, escaped or not, and no reader wants them. */
// oxlint-disable-next-line no-control-regex -- they are what this is about
const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]/g;

/** What turns the reading order around: a line that reads otherwise than it is. */
const directions = /\p{Bidi_Control}/gu;

/** Browsers and editors begin a line at these, and nobody else does. */
const separators = /[\u2028\u2029]/g;

/** Halves of a character, which no file can have. */
const halves = /\p{Surrogate}/gu;

/** Text that a stranger's program printed, without what only a terminal understands. Line ends are `\n`. Linear. */
export const printable = (text: string): string =>
  text.replaceAll(escapes, "").replaceAll(/\r\n?/g, "\n").replaceAll(controls, "").replaceAll(separators, " ").replaceAll(directions, "").replaceAll(halves, "\ufffd");

/** The same in one line: no line end of a stranger's begins a line that could be taken for one of ours. */
export const oneLine = (text: string): string =>
  printable(text)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join(" ");

/** The end of a text that may have any length, from the start of a line where there is one. */
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
