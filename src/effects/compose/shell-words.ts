const piece =
  /"(?<double>[^"\\]*(?:\\.[^"\\]*)*)"|'(?<single>[^']*)'|\\(?<escaped>.)|(?<bare>[^ \t\r\n"'\\]+)|(?<space>[ \t\r\n]+)|(?<open>.)/gsu;

/** The error, in the words of docker's client. */
interface Unended {
  readonly unended: "EOF found when expecting closing quote" | "EOF found after escape character";
}

/**
 * The words of a command line in one text, split like docker's client (google/shlex): a backslash is dropped before any
 * character, even in double quotes, and `#` at the beginning of a word begins a comment. Linear.
 */
export const shellWords = (text: string): readonly string[] | Unended => {
  const words: string[] = [];
  let isInWord = false;
  let from = 0;
  while (from < text.length) {
    piece.lastIndex = from;
    const { double, single, escaped, bare, open, space } = piece.exec(text)?.groups ?? {};
    if (open !== undefined)
      return { unended: open === "\\" ? "EOF found after escape character" : "EOF found when expecting closing quote" };
    if (!isInWord && bare?.startsWith("#") === true) {
      const end = text.indexOf("\n", from);
      from = end === -1 ? text.length : end;
      continue;
    }
    from = piece.lastIndex;
    const found = double?.replaceAll(/\\(.)/gsu, "$1") ?? single ?? escaped ?? bare;
    if (found !== undefined) words.push(`${isInWord ? (words.pop() ?? "") : ""}${found}`);
    isInWord = space === undefined;
  }
  return words;
};
