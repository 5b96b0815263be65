/** The shortest value that is looked for across line ends: shorter ones would match by accident everywhere. */
export const acrossLinesMin = 8;

/** A longer secret is found by its pieces of this length, so that no more text than this has to be held back. */
export const pieceChars = 512;

/** A secret without line ends, in pieces that are looked for one by one. */
export const piecesOf = (secret: string): readonly string[] => {
  const plain = secret.replaceAll(/[\r\n]+/g, "");
  const found: string[] = [];
  for (let at = 0; at < plain.length; at += pieceChars) found.push(plain.slice(at, at + pieceChars));
  return found;
};

/** Other spellings of the same value: in JSON, in an address, in several lines. */
export const spellingsOf = (value: string): readonly string[] => {
  const escaped = JSON.stringify(value).slice(1, -1);
  const trimmed = value.trim();
  let inUrl = value;
  try {
    inUrl = encodeURIComponent(value);
  } catch {
    // It contains half a surrogate pair, which no address can have.
  }
  // For a value of several lines, each line that is long enough: the shown end of a log may begin in its middle.
  const lines = /[\r\n]/.test(trimmed)
    ? trimmed.split(/[\r\n]+/).filter((line) => line.length >= acrossLinesMin && !/^-----(?:BEGIN|END) [A-Z ]+-----$/.test(line))
    : [];
  return [...new Set([value, trimmed, escaped, inUrl, ...lines])].filter((text) => text !== "");
};
