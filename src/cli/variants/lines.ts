/** A longer line is cut at this many characters. */
const charsMax = 16 * 1024;

/** Turns a stream that comes in pieces into whole lines; one that is too long is cut. */
export const createLines = (say: (line: string) => void) => {
  let rest = "";
  return {
    add: (text: string): void => {
      const parts = `${rest}${text}`.split("\n");
      rest = parts.pop() ?? "";
      for (const part of parts) say(part);
      if (rest.length <= charsMax) return;
      say(rest);
      rest = "";
    },
    end: (): void => {
      if (rest !== "") say(rest);
      rest = "";
    },
  };
};
