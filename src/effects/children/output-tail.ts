export interface Tail {
  readonly add: (more: string) => void;
  readonly text: () => string;
}

/** The newest characters of a stream. Cut only when twice as many are there: cutting at each chunk would copy all of them each time. */
export const createTail = (keepChars: number): Tail => {
  let text = "";
  return {
    add: (more) => {
      text += more;
      if (text.length > 2 * keepChars) text = text.slice(-keepChars);
    },
    text: () => (keepChars === 0 ? "" : text.slice(-keepChars)),
  };
};
