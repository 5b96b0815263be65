/** A longer or deeper rule is not parsed and counts as one that takes any request. */
const lengthMax = 4_096;
const depthMax = 40;

/** Blanks before a comma belong to the comma: if two loops could both take them, there would be 2^n ways to share them. */
const token = /\s*(?:(?<name>\w+)\s*\((?<args>(?:\s*(?:`[^`]*`|"[^"]*"|'[^']*')(?:\s*,)?)*)\s*\)|(?<sign>&&|\|\||[()!]))/y;

type Token =
  | { readonly kind: "matcher"; readonly name: string; readonly words: readonly string[] }
  | { readonly kind: "sign"; readonly sign: string };

const tokensOf = (rule: string): readonly Token[] | null => {
  const tokens: Token[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < rule.trimEnd().length) {
    const groups = token.exec(rule)?.groups;
    if (groups === undefined) return null;
    const { name, args = "", sign } = groups;
    tokens.push(
      name === undefined
        ? { kind: "sign", sign: sign ?? "" }
        : { kind: "matcher", name, words: [...args.matchAll(/[`"']([^`"']*)[`"']/g)].map(([, word]) => word ?? "") },
    );
  }
  return tokens;
};

/** Matchers that name whole hosts. Others do not restrict a rule to hosts that we could name. */
const hostMatchers: ReadonlySet<string> = new Set(["Host", "HostHeader", "HostSNI"]);

/**
 * Any name below a host, as recipes write it for traefik 2: `{subdomain:\w+}.HOST`. Accepts only the few patterns that cannot
 * close the group into which traefik puts them; any other may match every host.
 */
const belowHost = /^\{\w+:(?:\\w|\.|\[[a-zA-Z0-9-]+\]|\[\^\.\])[+*]\}\.(?<host>[a-z0-9.-]+)$/;

const isBoundPattern = (word: string, isOurs: (host: string) => boolean): boolean => {
  const host = belowHost.exec(word)?.groups?.["host"];
  return host !== undefined && isOurs(host);
};

interface Reader {
  readonly tokens: readonly Token[];
  at: number;
}

const takes = (reader: Reader, sign: string): boolean => {
  const next = reader.tokens[reader.at];
  if (next?.kind !== "sign" || next.sign !== sign) return false;
  reader.at += 1;
  return true;
};

/** Whether a part of a rule takes requests for our hosts alone; null if it cannot be parsed. */
type Bound = boolean | null;

const factor = (reader: Reader, isOurs: (host: string) => boolean, depth: number): Bound => {
  if (depth > depthMax) return null;
  if (takes(reader, "!")) return factor(reader, isOurs, depth + 1) === null ? null : false;
  if (takes(reader, "(")) {
    const inner = either(reader, isOurs, depth + 1);
    return takes(reader, ")") ? inner : null;
  }
  const next = reader.tokens[reader.at];
  if (next?.kind !== "matcher") return null;
  reader.at += 1;
  if (next.words.length === 0) return false;
  return hostMatchers.has(next.name)
    ? next.words.every(isOurs)
    : next.name === "HostRegexp" && next.words.every((word) => isBoundPattern(word, isOurs));
};

const both = (reader: Reader, isOurs: (host: string) => boolean, depth: number): Bound => {
  let bound = factor(reader, isOurs, depth);
  while (bound !== null && takes(reader, "&&")) {
    const next = factor(reader, isOurs, depth);
    bound = next === null ? null : bound || next;
  }
  return bound;
};

const either = (reader: Reader, isOurs: (host: string) => boolean, depth: number): Bound => {
  let bound = both(reader, isOurs, depth);
  while (bound !== null && takes(reader, "||")) {
    const next = both(reader, isOurs, depth);
    bound = next === null ? null : bound && next;
  }
  return bound;
};

/** Whether a router's rule takes requests for our hosts alone. False for a rule that cannot be parsed. */
export const isBoundTo = (rule: string, isOurs: (host: string) => boolean): boolean => {
  const tokens = rule.length > lengthMax ? null : tokensOf(rule);
  if (tokens === null) return false;
  const reader: Reader = { tokens, at: 0 };
  return either(reader, isOurs, 0) === true && reader.at === tokens.length;
};

/** The hosts that a rule names, for the message about what to allow. */
export const hostsIn = (rule: string): readonly string[] =>
  (rule.length > lengthMax ? [] : (tokensOf(rule) ?? [])).flatMap((one) =>
    one.kind === "matcher" && hostMatchers.has(one.name) ? one.words : [],
  );
