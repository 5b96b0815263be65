import { CST, isAlias, isScalar, Lexer, LineCounter, parseDocument, visit, YAMLError, type Document, type Node, type Scalar } from "yaml";

/** What is wrong with a YAML text, by place and kind, without a word of the text itself, which may contain secrets. */
export class YamlRefused extends Error {
  /** The line that is wrong; 1 if the text as a whole is. */
  readonly line: number;

  constructor(why: string, line = 1, cause?: unknown) {
    super(why, { cause });
    this.name = "YamlRefused";
    this.line = line;
  }
}

/** YAML that docker's client may read differently. */
export class YamlDisputed extends YamlRefused {}

/** About 2,500 lines of compose. The parser takes up to 40 µs per token, and nothing else runs meanwhile. */
const tokensMax = 15_000;
/** The parser is recursive: if its stack overflows, the process may end without an error. */
const depthMax = 64;
/** Each alias is looked up among all anchors. */
const anchorsMax = 500;

/**
 * Characters that end a line for some readers of YAML and not for others. docker's client reads YAML 1.1 and would see
 * a key where we see the rest of a comment.
 */
const disputedBreak = /\r(?!\n)|[\u0085\u2028\u2029]|(?<!^)\uFEFF/;

/** Characters that no reader of YAML accepts, not even in a comment. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
export const controlCharacter = /[\0-\x08\v\f\x0E-\x1F\x7F-\x84\x86-\x9F\uFFFE\uFFFF]/;

/** Stands in a text for bytes that are not UTF-8. */
const replacement = /\uFFFD/;

/** The line of what a pattern first finds; null if it finds nothing. */
const lineWith = (text: string, pattern: RegExp): number | null => {
  const at = text.search(pattern);
  return at === -1 ? null : text.slice(0, at).split("\n").length;
};

const checkCharacters = (text: string): void => {
  const foreign = lineWith(text, replacement);
  if (foreign !== null) throw new YamlDisputed(`YAML with bytes that are not UTF-8 at line ${foreign}`, foreign);
  const control = lineWith(text, controlCharacter);
  if (control !== null) throw new YamlRefused(`invalid YAML at line ${control} (a control character)`, control);
  const line = lineWith(text, disputedBreak);
  if (line === null) return;
  throw new YamlDisputed(
    `YAML that not all readers take for the same at line ${line} (a line end other than LF or CRLF, or a byte-order mark)`,
    line,
  );
};

/** Other tags only say what a value is anyway. Not `!!binary`, which is text for some readers and decoded by others. */
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
    if (type === "directive-line") throw new YamlDisputed("YAML with a directive of its own, which not all readers heed");
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
  if (error.code === "MULTIPLE_DOCS") {
    const line = at?.line ?? 1;
    return new YamlDisputed(
      `YAML of several documents, of which some readers take the first alone: the second is at line ${line}`,
      line,
      error,
    );
  }
  const kind = error.code.toLowerCase().replaceAll("_", " ");
  return at === undefined
    ? new YamlRefused(`invalid YAML (${kind})`, 1, error)
    : new YamlRefused(`invalid YAML at line ${at.line}, column ${at.col} (${kind})`, at.line, error);
};

const checkTag = (node: Node, lines: LineCounter): void => {
  if (isAlias(node) || node.tag === undefined || plainTags.has(node.tag)) return;
  const { line } = lines.linePos(node.range?.[0] ?? 0);
  throw new YamlDisputed(`YAML that not all readers take for the same at line ${line} (a tag)`, line);
};

/** Only an escape (`"\0"`) makes one. */
const checkNul = ({ value, range }: Scalar, lines: LineCounter): void => {
  if (typeof value !== "string" || !value.includes("\0")) return;
  const { line } = lines.linePos(range?.[0] ?? 0);
  throw new YamlRefused(`its YAML has a NUL at line ${line}, which no program, path or variable can hold`, line);
};

/** Checks tags, NULs and duplicate keys. The parser's own check of keys compares each with each. */
const checkNodes = (document: Document, lines: LineCounter): void =>
  visit(document, {
    Scalar: (_, node) => {
      checkTag(node, lines);
      checkNul(node, lines);
    },
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
  checkCharacters(text);
  checkSize(text);
  try {
    // By itself, the parser prints warnings with the line in question.
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
