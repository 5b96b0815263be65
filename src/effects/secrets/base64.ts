/** Bytes. Of a longer value only the form is known that begins with it: the memory that a form takes grows with it. */
const anywhereMax = 1_024;

/** How many characters of base64 depend on the bytes before the value, by how many of these there are beyond whole groups of three. */
const leading = [0, 2, 3];

/**
 * The characters in base64 that a value alone decides, wherever it begins in what is encoded: `user:value`, or `value` and a line
 * end. Both alphabets, that of addresses too.
 */
export const base64Of = (value: string): readonly string[] => {
  const bytes = Buffer.from(value);
  const places = bytes.length > anywhereMax ? leading.slice(0, 1) : leading;
  return places.flatMap((skipped, before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]);
    const whole = Math.floor((encoded.length * 8) / 6);
    return (["base64", "base64url"] as const).map((alphabet) => encoded.toString(alphabet).slice(skipped, whole));
  });
};
