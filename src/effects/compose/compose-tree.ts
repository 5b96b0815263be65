import { isAlias, isMap, isPair, isScalar, isSeq, type Alias, type Node, type Pair, type Scalar, type YAMLMap } from "yaml";
import { parseYamlDocument, YamlDisputed, YamlRefused, type YamlDocument } from "../recipe/parse-yaml.js";
import { composeRefused, type Place } from "./compose-refused.js";
import { momentOf } from "./moment.js";
import { plainScalar } from "./plain-scalar.js";

export interface ScalarTree {
  readonly kind: "scalar";
  readonly value: string | number | boolean | null;
  readonly at: Place;
  readonly size: number;
  /** A variable was substituted in it: docker's client turns such a text into a number where one is needed. */
  readonly isFilled?: true;
  /** A date or a time without quotes, which docker's client does not accept as a text. */
  readonly isMoment?: true;
}

export interface ListTree {
  readonly kind: "list";
  readonly items: readonly Tree[];
  readonly at: Place;
  readonly size: number;
}

export interface MapTree {
  readonly kind: "map";
  readonly entries: ReadonlyMap<string, Tree>;
  readonly at: Place;
  readonly size: number;
}

/** A part of a compose file with its place. `size`: how many entries it has with all aliases expanded. */
export type Tree = ScalarTree | ListTree | MapTree;

/** A few lines of aliases of aliases expand to millions of entries. The largest compose file known to us has 3,000. */
const sizeMax = 100_000;

export const listTree = (items: readonly Tree[], at: Place): ListTree => ({
  kind: "list",
  items,
  at,
  size: items.reduce((sum, { size }) => sum + size, 1),
});

export const mapTree = (entries: ReadonlyMap<string, Tree>, at: Place): MapTree => {
  let size = 1;
  for (const entry of entries.values()) size += entry.size;
  return { kind: "map", entries, at, size };
};

export const scalarTree = (value: ScalarTree["value"], at: Place): ScalarTree => ({ kind: "scalar", value, at, size: 1 });

const valueOf = ({ type, source, tag, value }: Scalar): unknown => {
  const plain = type === "PLAIN" && source !== undefined && tag === undefined ? plainScalar(source) : undefined;
  return typeof plain === "bigint" ? Number(plain) : (plain ?? value);
};

const momentIn = ({ type, source, tag }: Scalar): string | null =>
  type === "PLAIN" && source !== undefined && tag === undefined ? momentOf(source) : null;

const scalarOf = (value: unknown): ScalarTree["value"] => {
  if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  return value === undefined ? null : String(value);
};

const isMergeKey = (key: unknown): boolean =>
  isScalar(key) &&
  (key.type === undefined || key.type === "PLAIN") &&
  (key.value === "<<" || (typeof key.value === "symbol" && key.value.description === "<<"));

/** Builds trees from one document. As in YAML, an anchor stands for its last definition. */
class TreeBuilder {
  readonly #file: string;
  readonly #lines: YamlDocument["lines"];
  readonly #anchors = new Map<string, Tree>();

  constructor(file: string, lines: YamlDocument["lines"]) {
    this.#file = file;
    this.#lines = lines;
  }

  build(node: unknown, outer: Place): Tree {
    const at = this.#place(node, outer);
    if (isAlias(node)) return this.#aliased(node, at);
    const tree = this.#built(node, at);
    if (tree.size > sizeMax) throw composeRefused(at, `its aliases come to more than ${sizeMax} entries`);
    const anchor = isMap(node) || isSeq(node) || isScalar(node) ? node.anchor : undefined;
    if (anchor !== undefined) this.#anchors.set(anchor, tree);
    return tree;
  }

  #place(node: unknown, outer: Place): Place {
    const offset = (node as Node | null)?.range?.[0];
    return offset === undefined ? outer : { file: this.#file, line: Math.max(1, this.#lines.linePos(offset).line) };
  }

  #aliased(alias: Alias, at: Place): Tree {
    const tree = this.#anchors.get(alias.source);
    if (tree === undefined) throw composeRefused(at, "an alias that leads nowhere, or to itself");
    return tree;
  }

  #built(node: unknown, at: Place): Tree {
    if (isMap(node)) return this.#map(node, at);
    if (isSeq(node))
      return listTree(
        node.items.map((item) => this.build(isPair(item) ? null : item, at)),
        at,
      );
    if (!isScalar(node)) return scalarTree(null, at);
    const moment = momentIn(node);
    return moment === null ? scalarTree(scalarOf(valueOf(node)), at) : { ...scalarTree(moment, at), isMoment: true };
  }

  #map({ items }: YAMLMap, at: Place): MapTree {
    const own = new Map<string, Tree>();
    const merged = new Map<string, Tree>();
    for (const { key, value } of items as readonly Pair[]) {
      const place = this.#place(key, at);
      if (isMergeKey(key)) {
        for (const [name, tree] of this.#mergedInto(value, place)) {
          if (own.has(name))
            throw composeRefused(
              place,
              `\`<<\` stands below \`${name.slice(0, 40)}\`, which it brings in as well: for some versions of docker's client the one counts, for others the other`,
              "Write `<<` first.",
            );
          if (!merged.has(name)) merged.set(name, tree);
        }
      } else {
        if (!isScalar(key) && !isAlias(key)) throw composeRefused(place, "a key that is not a plain word");
        const name = this.build(key, place);
        if (name.kind === "scalar" && (typeof name.value !== "string" || name.isMoment === true))
          throw composeRefused(
            place,
            "a key that is no text for docker stack deploy, such as a number, a date or true",
            "Put it in quotes.",
          );
        own.set(name.kind === "scalar" ? String(name.value) : "", this.build(value, place));
      }
    }
    return mapTree(new Map([...merged, ...own]), at);
  }

  /** The entries that `<<` brings in: those of a map, or of a list of maps, of which the earlier ones win. */
  #mergedInto(value: unknown, at: Place): readonly (readonly [string, Tree])[] {
    const tree = this.build(value, at);
    const maps = tree.kind === "list" ? tree.items : [tree];
    return maps.flatMap((map) => {
      if (map.kind !== "map") throw composeRefused(at, "`<<` merges maps, and this is none");
      return [...map.entries];
    });
  }
}

/** A compose file as a tree. Throws `compose-refused`, by file and line, if it is not YAML, not a map, too deep or too large. */
export const composeTree = (text: string, file: string): MapTree => {
  const start = { file, line: 1 };
  try {
    const { document, lines } = parseYamlDocument(text);
    const tree = new TreeBuilder(file, lines).build(document.contents, start);
    if (tree.kind === "map") return tree;
    throw composeRefused(start, "a compose file is a map with `services` in it, and this is none");
  } catch (error) {
    if (error instanceof YamlDisputed)
      throw composeRefused(
        { file, line: error.line },
        error.message,
        "docker's client may take it, and read something else there than this program: write it as one document of plain YAML, in UTF-8.",
      );
    if (error instanceof YamlRefused) throw composeRefused({ file, line: error.line }, error.message, "Correct the file in that line.");
    throw error;
  }
};
