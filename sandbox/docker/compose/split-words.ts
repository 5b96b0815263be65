import { refuse } from "../refusal.js";

const word = /"(?<double>(?:\\.|[^"\\])*)"|'(?<single>[^']*)'|\\(?<escaped>.)|(?<bare>[^ \t\r\n"'\\]+)|(?<space>[ \t\r\n]+)|(?<open>.)/gsu;

/** A command line in one text, as the client splits it (google/shlex): in double quotes too a backslash is dropped before any character; `#` begins a comment. */
export const splitWords = (text: string): readonly string[] => {
  const words: string[] = [];
  let isInWord = false;
  let from = 0;
  while (from < text.length) {
    word.lastIndex = from;
    const { double, single, escaped, bare, open, space } = word.exec(text)?.groups ?? {};
    if (open !== undefined) refuse(open === "\\" ? "EOF found after escape character" : "EOF found when expecting closing quote");
    if (!isInWord && bare?.startsWith("#") === true) {
      const end = text.indexOf("\n", from);
      from = end === -1 ? text.length : end;
      continue;
    }
    from = word.lastIndex;
    const piece = double?.replaceAll(/\\(.)/gsu, "$1") ?? single ?? escaped ?? bare;
    if (piece !== undefined) words.push(`${isInWord ? (words.pop() ?? "") : ""}${piece}`);
    isInWord = space === undefined;
  }
  return words;
};
