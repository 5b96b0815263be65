import { base64Of } from "./base64.js";

/** The shortest value that is looked for across line ends: shorter ones would match by accident everywhere. */
export const acrossLinesMin = 8;

/** A longer secret is found by its pieces of this length, so that no more text than this has to be held back. */
export const pieceChars = 512;

/** A secret without line ends, in pieces that are looked for one by one. The last two overlap: a short rest would match everywhere. */
export const piecesOf = (secret: string): readonly string[] => {
  const plain = secret.replaceAll(/[\r\n]+/g, "");
  if (plain.length <= pieceChars) return [plain];
  const found = [plain.slice(-pieceChars)];
  for (let at = 0; at + pieceChars < plain.length; at += pieceChars) found.push(plain.slice(at, at + pieceChars));
  return found;
};

const escapedBy = (value: string, characters: RegExp, escape: (character: string) => string): string =>
  value.replaceAll(characters, escape);

const codeUnit = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** In JSON: as JavaScript writes it; as Go does, for HTML; as Python does, in ASCII; as PHP does; and within JSON that is itself a text of JSON. */
const inJson = (value: string): readonly string[] => {
  const plain = JSON.stringify(value).slice(1, -1);
  return [
    plain,
    escapedBy(plain, /[<>&\u2028\u2029]/g, codeUnit),
    escapedBy(plain, /[\u007F-\uFFFF]/g, codeUnit),
    plain.replaceAll("/", String.raw`\/`),
    JSON.stringify(plain).slice(1, -1),
  ];
};

const percent = (character: string): string => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;

/** In an address: as JavaScript, as RFC 3986, as a form and as Go's addresses write it, with capital hexadecimal digits and with small ones. */
const inUrl = (value: string): readonly string[] => {
  // The lone half of a surrogate pair becomes U+FFFD here, as in any address.
  const component = encodeURIComponent(Buffer.from(value).toString());
  const strict = escapedBy(component, /[!'()*]/g, percent);
  const spelled = [
    component,
    strict,
    strict.replaceAll("%20", "+").replaceAll("%2A", "*"),
    escapedBy(strict, /%2[46BC]|%3[BD]/g, decodeURIComponent),
  ];
  return spelled.flatMap((text) => [text, escapedBy(text, /%[0-9A-F]{2}/g, (code) => code.toLowerCase())]);
};

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

const inMarkup = (value: string): readonly string[] => {
  const escaped = escapedBy(value, /[&<>"']/g, (character) => entities[character] ?? character);
  return [escaped, escaped.replaceAll("&#39;", "&apos;"), escapedBy(value, /[&<>]/g, (character) => entities[character] ?? character)];
};

/** What `set -x` of a shell prints of a value with quotes. */
const inShell = (value: string): string => value.replaceAll("'", String.raw`'\''`);

/** For a value of several lines, each line that is long enough: the shown end of a log may begin in its middle. */
const linesOf = (trimmed: string): readonly string[] =>
  /[\r\n]/.test(trimmed)
    ? trimmed.split(/[\r\n]+/).filter((line) => line.length >= acrossLinesMin && !/^-----(?:BEGIN|END) [A-Z ]+-----$/.test(line))
    : [];

/** The ways in which the same value is commonly written: as it is, line by line, in JSON, in an address, in markup, in a shell's trace, in base64. */
export const spellingsOf = (value: string): readonly string[] => {
  const trimmed = value.trim();
  const found = [value, trimmed, ...linesOf(trimmed), ...inJson(value), ...inUrl(value), ...inMarkup(value), inShell(value)];
  return [...new Set([...found, ...base64Of(value).filter((text) => text.length >= acrossLinesMin)])].filter((text) => text !== "");
};
