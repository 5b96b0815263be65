/** Go's integers with an optional sign, without underscores. As in YAML 1.1, `0440` is octal. */
const integer = /^[-+]?(?:0x[0-9a-f]+|0b[01]+|0o?[0-7]+|0|[1-9]\d*)$/i;
const float = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:e[-+]?\d+)?$/i;
const date = /^\d{4}-\d{1,2}-\d{1,2}$/;

/** Go takes longer ones for text. */
const lengthMax = 100;

const magnitudeOf = (digits: string): bigint => BigInt(/^0\d/.test(digits) ? `0o${digits.slice(1)}` : digits.toLowerCase());

/**
 * How docker's client (yaml.v3) reads a word without quotes that begins like a number. An integer is a bigint, which
 * keeps its digits and differs from a fraction. Undefined if it is what YAML 1.2 says.
 */
export const plainScalar = (word: string): number | bigint | string | undefined => {
  if (!/^[-+.\d]/.test(word) || word.length > lengthMax || date.test(word)) return undefined;
  const plain = word.replaceAll("_", "");
  if (integer.test(plain)) {
    const value = magnitudeOf(plain.replace(/^[-+]/, ""));
    if (value < 2n ** 64n) return plain.startsWith("-") ? -value : value;
  } else if (!float.test(plain)) return undefined;
  const value = Number(plain);
  return Number.isFinite(value) ? value : word;
};
