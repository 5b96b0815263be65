/** The assignments above a value, and how many characters variables may still add to the file's values. */
export interface EnvSoFar {
  readonly settings: Map<string, string>;
  left: number;
}

/** A value, and where it ends. */
interface EnvValue {
  readonly text: string;
  readonly end: number;
}

type ValueReading = EnvValue | "unclosed" | "too-long";

/** Whether the grammar takes a character for space. Line ends are not. */
export const isBlank = (char: string): boolean => blanks.has(char);

const blanks: ReadonlySet<string> = new Set(" \t\v\f\r\u0085\u00A0");

/** The text without the characters at its end for which `isTaken` is true. A loop, because a pattern would take quadratic time. */
export const withoutEnd = (text: string, isTaken: (char: string) => boolean): string => {
  let to = text.length;
  while (to > 0 && isTaken(text.charAt(to - 1))) to -= 1;
  return text.slice(0, to);
};

const withoutStart = (text: string, isTaken: (char: string) => boolean): string => {
  let from = 0;
  while (from < text.length && isTaken(text.charAt(from))) from += 1;
  return text.slice(from);
};

const variable = /(\\)?\$\(?\{?([A-Z0-9_]+)?\}?/g;

/**
 * Replaces `$A` and `${A}` with the values assigned above. Only names in capitals count, and a backslash keeps the dollar.
 *
 * Null if that adds more than the file may have: `A=$A$A` forty times over is a terabyte.
 */
const expand = (text: string, soFar: EnvSoFar): string | null => {
  const parts: string[] = [];
  let from = 0;
  for (const match of text.matchAll(variable)) {
    const [all, escaped, name] = match;
    const value = escaped !== undefined ? all.slice(1) : name === undefined ? all : (soFar.settings.get(name) ?? "");
    soFar.left -= value.length;
    if (soFar.left < 0) return null;
    parts.push(text.slice(from, match.index), value);
    from = match.index + all.length;
  }
  return from === 0 ? text : parts.join("") + text.slice(from);
};

const unescape = (text: string): string =>
  text.replaceAll(/\\[^\n]/g, (pair) => (pair === "\\n" ? "\n" : pair === "\\r" ? "\r" : pair)).replaceAll(/\\([^$])/gu, "$1");

const reading = (text: string | null, end: number): ValueReading => (text === null ? "too-long" : { text, end });

const quoted = (text: string, from: number, quote: string, soFar: EnvSoFar): ValueReading => {
  let end = from;
  do {
    end = text.indexOf(quote, end + 1);
    if (end === -1) return "unclosed";
  } while (text[end - 1] === "\\");
  // Like godotenv, removes all quotes at both ends and not only one pair.
  const isQuote = (char: string): boolean => char === quote;
  const inner = withoutStart(withoutEnd(text.slice(from, end), isQuote), isQuote).replaceAll("\r\n", "\n");
  return reading(quote === '"' ? expand(unescape(inner), soFar) : inner, end + 1);
};

/** The line without its comment, which begins at the last `#` that follows a blank. */
const withoutComment = (line: string): string => {
  for (let at = line.length - 1; at > 0; at -= 1) {
    if (line[at] === "#" && isBlank(line.charAt(at - 1))) return line.slice(0, at);
  }
  return line;
};

const unquoted = (text: string, from: number, soFar: EnvSoFar): ValueReading => {
  let end = from;
  while (end < text.length && text[end] !== "\n" && text[end] !== "\r") end += 1;
  const line = withoutStart(withoutEnd(withoutComment(text.slice(from, end)), isBlank), isBlank);
  return reading(expand(line, soFar), end);
};

/** The value that begins at `from`. */
export const valueAt = (text: string, from: number, soFar: EnvSoFar): ValueReading => {
  const quote = text.charAt(from);
  return quote === '"' || quote === "'" ? quoted(text, from, quote, soFar) : unquoted(text, from, soFar);
};
