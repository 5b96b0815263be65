/** What stands above a value, and how many characters its variables may still bring into the file's values. */
export interface EnvSoFar {
  readonly settings: Map<string, string>;
  left: number;
}

/** Up to here, and what it comes to. */
export interface EnvValue {
  readonly text: string;
  readonly end: number;
}

export type ValueReading = EnvValue | "unclosed" | "too-long";

/** Space for the grammar: no line end is among it. */
export const isBlank = (char: string): boolean => blanks.has(char);

const blanks: ReadonlySet<string> = new Set(" \t\v\f\r\u0085\u00A0");

/** Without what `isTaken` takes at its end. A loop, for a pattern would go back over long runs again and again. */
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
 * `$A` and `${A}` by what stands above; only a name in capitals is one, and a backslash keeps the dollar.
 *
 * Null when that brings in more than the file may: `A=$A$A` forty times over is a terabyte.
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
  text
    .replaceAll(/\\[^\n]/g, (pair) => (pair === "\\n" ? "\n" : pair === "\\r" ? "\r" : pair))
    .replaceAll(/\\([^$])/gu, "$1");

const reading = (text: string | null, end: number): ValueReading => (text === null ? "too-long" : { text, end });

const quoted = (text: string, from: number, quote: string, soFar: EnvSoFar): ValueReading => {
  let end = from;
  do {
    end = text.indexOf(quote, end + 1);
    if (end === -1) return "unclosed";
  } while (text[end - 1] === "\\");
  // All quotes at both ends go, not one pair: that is how the grammar's own reader does it.
  const isQuote = (char: string): boolean => char === quote;
  const inner = withoutStart(withoutEnd(text.slice(from, end), isQuote), isQuote).replaceAll("\r\n", "\n");
  return reading(quote === '"' ? expand(unescape(inner), soFar) : inner, end + 1);
};

/** A comment begins at the last `#` that follows a blank. */
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
