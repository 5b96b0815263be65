import { isBlank, valueAt, withoutEnd, type EnvSoFar } from "./env-value.js";

/** One `KEY=value` in a file: where it is, so that it can be removed whole, and its value. */
export interface Assignment {
  readonly key: string;
  readonly value: string;
  /** Counted from 1. */
  readonly line: number;
  /** From the first character of `export` or the key to the last of the value, as offsets into the text. */
  readonly start: number;
  readonly end: number;
}

/** Something that no reader of the grammar accepts. It names the line and never quotes it, because the file may contain secrets. */
interface EnvProblem {
  readonly line: number;
  readonly what: string;
}

interface EnvReading {
  readonly assignments: readonly Assignment[];
  /** Set if reading ended early: abra refuses such a file as a whole. */
  readonly problem: EnvProblem | null;
}

/** How many characters variables may add to the values of one file. */
const expansionMax = 1024 * 1024;

const moreSpaces: ReadonlySet<string> = new Set(
  "\n\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A\u2028\u2029\u202F\u205F\u3000",
);

const isAnySpace = (char: string): boolean => isBlank(char) || moreSpaces.has(char);

/** godotenv checks the bytes of a key one by one, each as a Latin-1 character. */
const keyBytes = Array.from({ length: 256 }, (_, byte) => /[\p{L}\p{N}_.\t\v\f\r \u0085\u00A0]/u.test(String.fromCharCode(byte)));

const isKeyByte = (byte: number): boolean => keyBytes[byte] === true;

const isKeyChar = (char: string): boolean => (char < "\u0080" ? isKeyByte(char.charCodeAt(0)) : Buffer.from(char).every(isKeyByte));

const skip = (text: string, from: number, isSkipped: (char: string) => boolean): number => {
  let at = from;
  while (at < text.length && isSkipped(text.charAt(at))) at += 1;
  return at;
};

/** Skips spaces, empty lines and comments; returns the text's length if nothing is left. */
const statementFrom = (text: string, from: number): number => {
  let at = skip(text, from, isAnySpace);
  while (text[at] === "#") {
    const end = text.indexOf("\n", at);
    if (end === -1) return text.length;
    at = skip(text, end, isAnySpace);
  }
  return at;
};

/** Skips the word `export`. In `exported=1` it is part of the key. */
const pastExport = (text: string, at: number): number =>
  text.startsWith("export", at) && isBlank(text.charAt(at + 6)) ? skip(text, at + 6, isBlank) : at;

/** A key and where its value begins, or the offset of a character that cannot be in a key. */
type Key = { readonly key: string; readonly valueFrom: number } | { readonly oddAt: number };

/** Reads up to `=` or `:`. Like godotenv, it takes a last line with neither for a value without a name. */
const keyFrom = (text: string, from: number): Key => {
  if (from >= text.length) return { oddAt: from };
  for (let at = from; at < text.length; at += 1) {
    const char = text[at];
    if (char === "=" || char === ":") return { key: withoutEnd(text.slice(from, at), isAnySpace), valueFrom: skip(text, at + 1, isBlank) };
    const whole = String.fromCodePoint(text.codePointAt(at) ?? 0);
    if (!isKeyChar(whole)) return { oddAt: at };
    at += whole.length - 1;
  }
  return { key: "", valueFrom: from };
};

/** Gives the line of an offset. Offsets must not decrease, so that all calls together pass over the text once. */
export const lineCounter = (text: string): ((offset: number) => number) => {
  let [line, counted] = [1, 0];
  return (offset) => {
    for (; counted < offset; counted += 1) if (text[counted] === "\n") line += 1;
    return line;
  };
};

/**
 * The problem, reported where it began: if a value that began on an earlier line ends on this one, the quote that
 * opened it is the likelier slip. An even number of quotes further down only hides it.
 */
const problemAfter = (above: Assignment | undefined, textBetween: string, { line, what }: EnvProblem): EnvProblem =>
  above === undefined || above.line === line || textBetween.includes("\n")
    ? { line, what }
    : { line: above.line, what: `a quote that is closed only in line ${line}, and ${what} behind it` };

const whats = { unclosed: "a quote that is never closed", "too-long": "a value that grows without end" } as const;

/**
 * Reads the text of an .env as abra does: by the grammar of godotenv 1.5, assignment by assignment, in linear time.
 *
 * Two things differ. A byte-order mark is skipped, while godotenv gives up; writing the file again drops it.
 * And what variables may add to values is bounded.
 */
export const readAssignments = (text: string): EnvReading => {
  const assignments: Assignment[] = [];
  const soFar: EnvSoFar = { settings: new Map(), left: expansionMax };
  const lineOf = lineCounter(text);
  let at = statementFrom(text, text.startsWith("\uFEFF") ? 1 : 0);
  while (at < text.length) {
    const line = lineOf(at);
    const found = keyFrom(text, pastExport(text, at));
    const problem = (what: string): EnvProblem => {
      const above = assignments.at(-1);
      return problemAfter(above, text.slice(above?.end, at), { line, what });
    };
    if ("oddAt" in found) return { assignments, problem: problem("something that is not KEY=value") };
    const value = valueAt(text, found.valueFrom, soFar);
    if (typeof value === "string") return { assignments, problem: problem(whats[value]) };
    soFar.settings.set(found.key, value.text);
    assignments.push({ key: found.key, value: value.text, line, start: at, end: value.end });
    at = statementFrom(text, value.end);
  }
  return { assignments, problem: null };
};
