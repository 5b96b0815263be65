import type { Span } from "./known-secrets.js";
import { secretWords } from "./secret-names.js";

/** A value that the end of the text cuts. `quote`: what ends it; "" if white space and the like do. */
export interface OpenValue {
  readonly start: number;
  readonly quote: string;
}

/** How a message of ours goes on behind the word: the failure code `secrets-failed`, which is no name of a value. */
const ownCode = "s-failed: abra could not ";

/**
 * What comes before a value that nobody should read. Every repetition is bounded, so that even a text of nothing but
 * beginnings takes linear time.
 */
const beforeValue = new RegExp(
  [
    String.raw`authorization\\?["']?[ \t]{0,8}[:=][ \t]{0,8}(?:(digest)[ \t]{1,8}|(?:(?:basic|bearer|token|negotiate)[ \t]{1,8})?)`,
    String.raw`(?:${secretWords})(?!${ownCode})[\w-]{0,64}\\?["']?[ \t]{0,8}[:=][ \t]{0,8}`,
  ].join("|"),
  "gi",
);

/** What ends a value: its quote, even in JSON inside JSON; for a list of words the line's end; else white space and the like. */
const quoteAt = (text: string, at: number, isList: boolean): string => {
  if (isList) return "\n";
  const two = text.slice(at, at + 2);
  if (two === '\\"' || two === "\\'") return two;
  return two.startsWith('"') || two.startsWith("'") ? two.slice(0, 1) : "";
};

/**
 * `http://user:password@` and `http://token@`; with other schemes a name alone is not a secret. The pattern begins with what is
 * rare and looks back for the scheme: otherwise, from each letter of a long word it would look twenty letters ahead.
 */
const userinfo =
  /:\/\/(?:(?<=https?:\/\/)([^\s/?#"'<>]{1,1024})@|(?<=[a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/?#"'<>:@]{0,256}:([^\s/?#"'<>]{1,1024})@)/gi;

/** In `secrets: ["name"]` the bracket is not a value, and somebody who should copy the line needs it. */
const isListBegun = (text: string, start: number, end: number): boolean =>
  end === start + 1 && (text[start] === "[" || text[start] === "{") && /["'\s]/.test(text[end] ?? "");

/** In `SECRET_DB_VERSION=v1` abra names a secret's version, and somebody who should set it needs the value. */
const isVersion = (before: string, value: string): boolean => /_version\\?["']?[ \t]*[:=][ \t]*$/i.test(before) && /^v\d{1,4}$/.test(value);

const unquotedEnd = /[\s"',;]/g;

/** Where a value that began before `from` ends; -1 if the text ends first. */
export const endOfValue = (text: string, from: number, quote: string): number => {
  if (quote === "") {
    unquotedEnd.lastIndex = from;
    return unquotedEnd.exec(text)?.index ?? -1;
  }
  if (quote.length === 2) return text.indexOf(quote, from);
  for (let at = from; at < text.length; at += 1) {
    const character = text[at];
    if (character === quote || character === "\n") return at;
    if (character === "\\") at += 1;
  }
  return -1;
};

/** Finds values in places where secrets are: after a telling name, in an Authorization header, before the host of an address. */
export const findShapes = (text: string): { readonly spans: readonly Span[]; readonly open: OpenValue | null } => {
  const spans: Span[] = [];
  let open: OpenValue | null = null;
  beforeValue.lastIndex = 0;
  for (let match = beforeValue.exec(text); match !== null; match = beforeValue.exec(text)) {
    const after = match.index + match[0].length;
    const quote = quoteAt(text, after, match[1] !== undefined);
    const start = quote === "\n" ? after : after + quote.length;
    const end = endOfValue(text, start, quote);
    if (end === -1) {
      open = { start, quote };
      spans.push({ start, end: text.length });
      break;
    }
    if (end > start && !isListBegun(text, start, end) && !isVersion(match[0], text.slice(start, Math.min(end, start + 6))))
      spans.push({ start, end });
    beforeValue.lastIndex = Math.max(end, after);
  }
  for (const match of text.matchAll(userinfo)) {
    const secret = match[1] ?? match[2] ?? "";
    const end = match.index + match[0].length - 1;
    spans.push({ start: end - secret.length, end });
  }
  return { spans, open };
};
