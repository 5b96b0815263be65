import { CST, isAlias, isScalar, Lexer, LineCounter, parseDocument, visit, YAMLError, type Document, type Node } from "yaml";

/** What is wrong with a YAML text, by place and kind. Never a word of the text itself: it may hold what must not be printed. */
export class YamlRefused extends Error {
  /** Where it is wrong; 1 where it is wrong as a whole. */
  readonly line: number;

  constructor(why: string, line = 1, cause?: unknown) {
    super(why, { cause });
    this.name = "YamlRefused";
    this.line = line;
  }
}

/** What is YAML for docker's client as well, which may read something else there. */
export class YamlDisputed extends YamlRefused {}

/** Some 2,500 lines of compose. The parser takes up to 40 µs for each, and nothing else is heard meanwhile. */
const tokensMax = 15_000;
/** The parser is recursive; where its stack ends, not an error but the end of the process may come. */
const depthMax = 64;
/** Each alias is looked up among all anchors. */
const anchorsMax = 500;

/**
 * Where a line ends for one reader of YAML and goes on for the next. docker's client reads YAML 1.1, and sees a key where
 * we saw the rest of a comment.
 */
const disputedBreak = /\r(?!\n)|[\u0085\u2028\u2029]|(?<!^)\uFEFF/;

const checkBreaks = (text: string): void => {
  const at = text.search(disputedBreak);
  if (at === -1) return;
  const line = text.slice(0, at).split("\n").length;
  throw new YamlDisputed(`YAML that not all readers take for the same at line ${line} (a line end other than LF or CRLF, or a byte-order mark)`, line);
};

/** Beside them only what says of a value what it is anyway: `!!binary` is text for one reader and what it encodes for the next. */
const plainTags = new Set(["str", "int", "float", "bool", "map", "seq"].map((name) => `tag:yaml.org,2002:${name}`));

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
    if (type === "directive-line" && !/^%YAML[ \t]+1\.2[ \t]*$/.test(token)) throw new YamlDisputed("YAML with a directive of its own, which not all readers heed");
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

const refusedFor = (error: unknown): YamlRefused => {
  if (!(error instanceof YAMLError)) return new YamlRefused("its YAML uses an alias that leads nowhere, or far too many of them", 1, error);
  const at = error.linePos?.[0];
  const kind = error.code.toLowerCase().replaceAll("_", " ");
  return at === undefined ? new YamlRefused(`invalid YAML (${kind})`, 1, error) : new YamlRefused(`invalid YAML at line ${at.line}, column ${at.col} (${kind})`, at.line, error);
};

const checkTag = (node: Node, lines: LineCounter): void => {
  if (isAlias(node) || node.tag === undefined || plainTags.has(node.tag)) return;
  const { line } = lines.linePos(node.range?.[0] ?? 0);
  throw new YamlDisputed(`YAML that not all readers take for the same at line ${line} (a tag)`, line);
};

/** Tags, and keys that are there twice: the parser's own look at those compares each with each. */
const checkNodes = (document: Document, lines: LineCounter): void =>
  visit(document, {
    Scalar: (_, node) => checkTag(node, lines),
    Seq: (_, node) => checkTag(node, lines),
    Map: (_, node) => {
      checkTag(node, lines);
      const seen = new Set<string>();
      for (const { key } of node.items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        const { line } = lines.linePos(key.range?.[0] ?? 0);
        if (seen.has(name) && name !== "<<") throw new YamlRefused(`invalid YAML at line ${line} (duplicate key)`, line);
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
  checkBreaks(text);
  checkSize(text);
  try {
    // Left to itself, the parser prints warnings with the line they are about.
    const lines = new LineCounter();
    const document = parseDocument(text, { logLevel: "error", merge: true, uniqueKeys: false, lineCounter: lines });
    const [error] = document.errors;
    if (error !== undefined) throw error;
    checkNodes(document, lines);
    return { document, lines };
  } catch (error) {
    throw error instanceof YamlRefused ? error : refusedFor(error);
  }
};

/** A parsed document as data; merge keys (`<<`) count. Throws `YamlRefused`, whose message quotes nothing. */
export const dataOf = ({ document }: YamlDocument): unknown => {
  try {
    return document.toJS() as unknown;
  } catch (error) {
    throw refusedFor(error);
  }
};

/** A YAML document as data, at once. Throws `YamlRefused`. */
export const parseYaml = (text: string): unknown => dataOf(parseYamlDocument(text));
