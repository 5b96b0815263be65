interface Tail {
  readonly add: (more: string) => void;
  readonly text: () => string;
}

/** Not by a negative index: of nothing to keep, `slice(-0)` keeps all. */
const lastOf = (text: string, keepChars: number): string => text.slice(Math.max(0, text.length - keepChars));

/** The newest characters of a stream. Cut only when twice as many are there: cutting at each chunk would copy all of them each time. */
export const createTail = (keepChars: number): Tail => {
  let text = "";
  return {
    add: (more) => {
      text += more;
      if (text.length > 2 * keepChars) text = lastOf(text, keepChars);
    },
    text: () => lastOf(text, keepChars),
  };
};
