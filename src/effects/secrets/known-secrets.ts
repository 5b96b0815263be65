import { acrossLinesMin, pieceChars, piecesOf, spellingsOf } from "./spellings.js";
import { WordGraph } from "./word-graph.js";

/** A part of a text; the end is exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const isLineEnd = (code: number): boolean => code === lineFeed || code === carriageReturn;

/** A key file may contain a blank line or two. More line ends than this end the value. */
const lineEndsMax = 4;

/**
 * Finds known values in a text in one pass, however many there are.
 *
 * Line ends between the characters of a value do not hide it: a value of several lines may be printed with others, and a
 * long one may be wrapped.
 */
export class KnownSecrets {
  readonly #values = new Set<string>();
  readonly #graph = new WordGraph();

  get size(): number {
    return this.#values.size;
  }

  add(value: string): void {
    for (const piece of spellingsOf(value).flatMap(piecesOf)) {
      if (piece === "" || this.#values.has(piece)) continue;
      this.#values.add(piece);
      this.#graph.plant(piece);
    }
  }

  /**
   * The spans of all known values in the text. `open`: from this offset on, the text may be the beginning of a value that
   * continues after its end; the text's length if it cannot be.
   */
  find(text: string): { readonly spans: readonly Span[]; readonly open: number } {
    if (this.#values.size === 0) return { spans: [], open: text.length };
    const graph = this.#graph;
    const spans: Span[] = [];
    // The offsets of the last characters, not counting line ends.
    const places = new Int32Array(pieceChars);
    let [state, counted, brokenAt, lineEnds] = [0, 0, 0, 0];
    const placeOf = (back: number): number => places[(counted - back) % pieceChars] ?? 0;
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (isLineEnd(code)) {
        lineEnds += 1;
        brokenAt = counted;
        if (lineEnds > lineEndsMax) state = 0;
        continue;
      }
      lineEnds = 0;
      state = graph.step(state, code);
      if (state === 0) continue;
      places[counted % pieceChars] = at;
      counted += 1;
      for (let ending = graph.longestEnding(state); ending !== 0; ending = graph.nextEnding(ending)) {
        const length = graph.depthOf(ending);
        // Across a line end, only a value that is long enough not to match by accident.
        if (counted - length < brokenAt && length < acrossLinesMin) continue;
        spans.push({ start: placeOf(length), end: at + 1 });
        break;
      }
    }
    const depth = graph.depthOf(state);
    return { spans, open: depth === 0 ? text.length : placeOf(depth) };
  }
}
