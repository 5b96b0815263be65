import { KnownSecrets, type Span } from "./secrets/known-secrets.js";
import { endOfValue, findShapes, type OpenValue } from "./secrets/secret-shapes.js";

/** Values that must never be written. Whoever learns one adds it, for the life of the process. */
const known = new KnownSecrets();

/** From now on the value is masked wherever it is written, however short it is and whatever characters it has. */
export const rememberSecret = (value: string): void => known.add(value);

const mask = "***";

const blackedOut = (text: string, spans: readonly Span[]): string => {
  if (spans.length === 0) return text;
  const parts: string[] = [];
  let at = 0;
  for (const { start, end } of spans.toSorted((a, b) => a.start - b.start)) {
    if (end <= at) continue;
    // A span that begins inside one that is already masked only makes that one longer.
    if (start >= at) parts.push(text.slice(at, start), mask);
    at = end;
  }
  parts.push(text.slice(at));
  return parts.join("");
};

/**
 * Text as it may be kept: without known secrets, without whatever follows a name that sounds secret, and without
 * credentials in addresses. Linear in the text. Does not find a secret in a form that `spellingsOf` does not know (hexadecimal, a
 * hash, reversed) or in pieces.
 */
export const redact = (text: string): string => blackedOut(text, [...known.find(text).spans, ...findShapes(text).spans]);

/** Whether the text contains a known secret. */
export const holdsKnownSecret = (text: string): boolean => known.find(text).spans.length > 0;

interface Redactor {
  /** Returns what may be written now, and keeps the rest until more has come. */
  readonly push: (text: string) => string;
  /** Returns the rest, at the stream's end. */
  readonly end: () => string;
}

/** A line is masked as a whole, unless it is longer than this. */
const lineMax = 64 * 1024;
/** How much of the end of such a line is held back: a telling name could be cut from its value. */
const tailChars = 256;

/** The start of the last line at or before `from` that no span crosses, so that a line is held back as a whole with what leads to it. */
const lineStart = (text: string, from: number, spans: readonly Span[]): number => {
  let at = from === text.length ? from : text.lastIndexOf("\n", from - 1) + 1;
  for (const { start, end } of spans.toSorted((a, b) => b.start - a.start))
    if (start < at && end > at) at = text.lastIndexOf("\n", start - 1) + 1;
  return at;
};

/**
 * Redacts one stream of output. A secret that comes in two writes, or across the end of a line, is masked too.
 *
 * It returns whole lines, or a large part of a very long one, and looks at each character a bounded number of times.
 */
export const createRedactor = (): Redactor => {
  let held = "";
  let inside: OpenValue | null = null;

  /** Drops what still belongs to a masked value that began before. */
  const skipValue = (): boolean => {
    if (inside === null) return false;
    const end = endOfValue(held, 0, inside.quote);
    held = end === -1 ? "" : held.slice(end);
    if (end !== -1) inside = null;
    return end === -1;
  };

  /** Returns the text up to `cut`, which moves back if it would split what belongs together. */
  const give = (cut: number, isLine: boolean): string => {
    const ready = held.slice(0, cut);
    const { spans: values, open } = known.find(ready);
    const shapes = findShapes(ready);
    if (shapes.open !== null && !isLine) {
      inside = shapes.open;
      held = held.slice(cut);
      return blackedOut(ready, [...values, ...shapes.spans]);
    }
    const all = [...values, ...shapes.spans];
    let until = Math.min(open, isLine ? cut : Math.max(0, cut - tailChars));
    if (isLine) until = lineStart(ready, until, all);
    else for (const { start, end } of all) if (start < until && end > until) until = end;
    held = held.slice(until);
    return blackedOut(
      ready.slice(0, until),
      all.filter(({ start }) => start < until),
    );
  };

  return {
    push: (text) => {
      held += text;
      if (skipValue()) return "";
      const hasLine = text.includes("\n");
      if (!hasLine && held.length < lineMax) return "";
      const cut = held.lastIndexOf("\n") + 1;
      const lines = cut > 0 ? give(cut, true) : "";
      return held.length < lineMax ? lines : lines + give(held.length, false);
    },
    end: () => {
      if (skipValue()) return "";
      const rest = redact(held);
      held = "";
      return rest;
    },
  };
};
