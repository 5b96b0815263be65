/** From where to where in a text; the end is not part of it. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

interface Node {
  readonly next: Map<number, number>;
  /** The node of the longest end of this one's text that is a beginning of another secret. */
  fail: number;
  /** The nearest node on the way of `fail` that ends a secret; 0: none. */
  ending: number;
  readonly depth: number;
  /** A secret ends here. */
  ends: boolean;
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const isLineEnd = (code: number): boolean => code === lineFeed || code === carriageReturn;

/** A blank line or two inside of a key file; more than that is the end of whatever was printed. */
const lineEndsMax = 4;
/** Shorter ones would be found all over the ends and beginnings of lines. */
const acrossLinesMin = 8;
/** A longer secret is known by its pieces of this length: nothing has to be held back for longer. */
const pieceChars = 512;

const nodeAt = (depth: number): Node => ({ next: new Map(), fail: 0, ending: 0, depth, ends: false });

const pieces = (secret: string): readonly string[] => {
  const plain = secret.replaceAll(/[\r\n]+/g, "");
  const found: string[] = [];
  for (let at = 0; at < plain.length; at += pieceChars) found.push(plain.slice(at, at + pieceChars));
  return found;
};

/** How others print the same value: inside of JSON, in an address, beside a word. */
const spellings = (value: string): readonly string[] => {
  const escaped = JSON.stringify(value).slice(1, -1);
  const trimmed = value.trim();
  let inUrl = value;
  try {
    inUrl = encodeURIComponent(value);
  } catch {
    // Half of a pair of code units: no address can have it.
  }
  // Of a value of several lines, each that is long enough: whoever shows the end of a log may begin in its middle.
  const lines = /[\r\n]/.test(trimmed) ? trimmed.split(/[\r\n]+/).filter((line) => line.length >= acrossLinesMin && !/^-----(?:BEGIN|END) [A-Z ]+-----$/.test(line)) : [];
  return [...new Set([value, trimmed, escaped, inUrl, ...lines])].filter((text) => text !== "");
};

/**
 * Finds known values in a text in one pass, however many there are and whatever the text is (Aho and Corasick).
 *
 * Line ends between the characters of a value do not hide it: a value of several lines may be printed with others, and a
 * long one may be wrapped.
 */
export class KnownSecrets {
  readonly #values = new Set<string>();
  #nodes: Node[] = [nodeAt(0)];
  #linked = true;

  get size(): number {
    return this.#values.size;
  }

  add(value: string): void {
    for (const spelling of spellings(value)) {
      for (const piece of pieces(spelling)) {
        if (piece === "" || this.#values.has(piece)) continue;
        this.#values.add(piece);
        this.#plant(piece);
      }
    }
  }

  /**
   * The spans of all known values in the text. `open`: from where on it may be the beginning of one that ends in what
   * follows; the text's length where it cannot.
   */
  find(text: string): { readonly spans: readonly Span[]; readonly open: number } {
    if (this.#values.size === 0) return { spans: [], open: text.length };
    this.#link();
    const nodes = this.#nodes;
    const spans: Span[] = [];
    // Where the last characters that count stood, line ends left out.
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
      let node = nodes[state];
      let next = node?.next.get(code);
      while (next === undefined && state !== 0) {
        state = node?.fail ?? 0;
        node = nodes[state];
        next = node?.next.get(code);
      }
      state = next ?? 0;
      if (state === 0) continue;
      places[counted % pieceChars] = at;
      counted += 1;
      const reached = nodes[state];
      for (let ending = reached?.ends === true ? state : (reached?.ending ?? 0); ending !== 0; ending = nodes[ending]?.ending ?? 0) {
        const length = nodes[ending]?.depth ?? 0;
        // Across the end of a line, only what is long enough to be no accident.
        if (counted - length < brokenAt && length < acrossLinesMin) continue;
        spans.push({ start: placeOf(length), end: at + 1 });
        break;
      }
    }
    const depth = nodes[state]?.depth ?? 0;
    return { spans, open: depth === 0 ? text.length : placeOf(depth) };
  }

  #plant(piece: string): void {
    this.#linked = false;
    let at = 0;
    for (let index = 0; index < piece.length; index += 1) {
      const code = piece.charCodeAt(index);
      const node = this.#nodes[at];
      const known = node?.next.get(code);
      if (known === undefined) {
        this.#nodes.push(nodeAt(index + 1));
        node?.next.set(code, this.#nodes.length - 1);
        at = this.#nodes.length - 1;
      } else at = known;
    }
    const last = this.#nodes[at];
    if (last !== undefined) last.ends = true;
  }

  /** Breadth first, so that each node's `fail` is settled before those of its children. */
  #link(): void {
    if (this.#linked) return;
    this.#linked = true;
    const nodes = this.#nodes;
    const queue = [0];
    for (let head = 0; head < queue.length; head += 1) {
      const from = queue[head] ?? 0;
      for (const [code, to] of nodes[from]?.next ?? []) {
        const child = nodes[to];
        if (child === undefined) continue;
        let fail = nodes[from]?.fail ?? 0;
        while (fail !== 0 && nodes[fail]?.next.get(code) === undefined) fail = nodes[fail]?.fail ?? 0;
        child.fail = from === 0 ? 0 : (nodes[fail]?.next.get(code) ?? 0);
        child.ending = nodes[child.fail]?.ends === true ? child.fail : (nodes[child.fail]?.ending ?? 0);
        queue.push(to);
      }
    }
  }
}
