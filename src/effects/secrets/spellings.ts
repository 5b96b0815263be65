/** Shorter ones would be found all over the ends and beginnings of lines. */
export const acrossLinesMin = 8;

/** A longer secret is known by its pieces of this length: nothing has to be held back for longer. */
export const pieceChars = 512;

/** A secret without its line ends, in pieces that are looked for one by one. */
export const piecesOf = (secret: string): readonly string[] => {
  const plain = secret.replaceAll(/[\r\n]+/g, "");
  const found: string[] = [];
  for (let at = 0; at < plain.length; at += pieceChars) found.push(plain.slice(at, at + pieceChars));
  return found;
};

/** How others print the same value: inside of JSON, in an address, beside a word. */
export const spellingsOf = (value: string): readonly string[] => {
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
