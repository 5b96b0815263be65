/** Go's integers with a sign, underscores left out: `0440` is octal there, as in YAML 1.1. */
const integer = /^[-+]?(?:0x[0-9a-f]+|0b[01]+|0o?[0-7]+|0|[1-9]\d*)$/i;
const float = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:e[-+]?\d+)?$/i;
const date = /^\d{4}-\d{1,2}-\d{1,2}$/;

/** Longer ones are a text for Go. */
const lengthMax = 100;

const magnitudeOf = (digits: string): bigint => BigInt(/^0\d/.test(digits) ? `0o${digits.slice(1)}` : digits.toLowerCase());

/**
 * What a word without quotes is for docker's client (yaml.v3) where it begins like a number: an integer is a bigint, so that
 * it keeps its digits and can be told from a fraction. Undefined where it is what YAML 1.2 says.
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
