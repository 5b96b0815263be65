import { CST, isScalar, Lexer, LineCounter, parseDocument, visit, YAMLError, type Document } from "yaml";

/** What is wrong with a YAML text, by place and kind. Never a word of the text itself: it may hold what must not be printed. */
export class YamlRefused extends Error {
  constructor(why: string, cause?: unknown) {
    super(why, { cause });
    this.name = "YamlRefused";
  }
}

/** Some 2,500 lines of compose. The parser takes up to 40 µs for each, and nothing else is heard meanwhile. */
const tokensMax = 15_000;
/** The parser is recursive; where its stack ends, not an error but the end of the process may come. */
const depthMax = 64;
/** Each alias is looked up among all anchors. */
const anchorsMax = 500;

/**
 * Counts before anything is built. The lexer is a loop and linear; `depth` is never less than the parser's, since each
 * first word of a line, and each that follows a `-` or `?`, is taken for a level of its own if it stands further right.
 */
const checkSize = (text: string): void => {
  const columns: number[] = [];
  let [tokens, anchors, flow, column] = [0, 0, 0, 0];
  let opens = true;
  for (const token of new Lexer().lex(text)) {
    tokens += 1;
    const type = CST.tokenType(token);
    if (type === "newline") [column, opens] = [0, true];
    else if (type === "space") column += token.length;
    else {
      if (type === "anchor" || type === "alias") anchors += 1;
      if (type === "flow-map-start" || type === "flow-seq-start") flow += 1;
      if (type === "flow-map-end" || type === "flow-seq-end") flow = Math.max(0, flow - 1);
      if (opens && flow === 0) {
        while ((columns.at(-1) ?? -1) >= column) columns.pop();
        columns.push(column);
      }
      opens = type === "seq-item-ind" || type === "explicit-key-ind" || type === "map-value-ind" || type === "anchor" || type === "tag";
      column += token.length;
    }
    if (flow + columns.length > depthMax) throw new YamlRefused(`its YAML is nested more than ${depthMax} levels deep`);
    if (anchors > anchorsMax) throw new YamlRefused(`its YAML has more than ${anchorsMax} anchors and aliases`);
    if (tokens > tokensMax) throw new YamlRefused(`its YAML has more than ${tokensMax} parts`);
  }
};

const whyOf = (error: unknown): string => {
  if (!(error instanceof YAMLError)) return "its YAML uses an alias that leads nowhere, or far too many of them";
  const at = error.linePos?.[0];
  const kind = error.code.toLowerCase().replaceAll("_", " ");
  return at === undefined ? `no YAML (${kind})` : `no YAML at line ${at.line}, column ${at.col} (${kind})`;
};

/** The parser's own look at this compares each key with each. */
const checkKeys = (document: Document, lines: LineCounter): void =>
  visit(document, {
    Map: (_, { items }) => {
      const seen = new Set<string>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        if (seen.has(name) && name !== "<<") throw new YamlRefused(`no YAML at line ${lines.linePos(key.range?.[0] ?? 0).line} (duplicate key)`);
        seen.add(name);
      }
    },
  });

export interface YamlDocument {
  readonly document: Document;
  /** Where its parts stand. */
  readonly lines: LineCounter;
}

/** A YAML document as its parser's tree, for a reader who must say in which line something stands. Throws `YamlRefused`. */
export const parseYamlDocument = (text: string): YamlDocument => {
  checkSize(text);
  try {
    // Left to itself, the parser prints warnings with the line they are about.
    const lines = new LineCounter();
    const document = parseDocument(text, { logLevel: "error", merge: true, uniqueKeys: false, lineCounter: lines });
    const [error] = document.errors;
    if (error !== undefined) throw error;
    checkKeys(document, lines);
    return { document, lines };
  } catch (error) {
    throw error instanceof YamlRefused ? error : new YamlRefused(whyOf(error), error);
  }
};

/** A YAML document as data; merge keys (`<<`) count. Throws `YamlRefused`, whose message quotes nothing. */
export const parseYaml = (text: string): unknown => {
  const { document } = parseYamlDocument(text);
  try {
    return document.toJS() as unknown;
  } catch (error) {
    throw new YamlRefused(whyOf(error), error);
  }
};
