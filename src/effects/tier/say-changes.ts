/** Prints a line unless it is the same as the last one. */
export const sayChanges = (say: (line: string) => void): ((line: string) => void) => {
  let last: string | null = null;
  return (line) => {
    if (line !== last) say(line);
    last = line;
  };
};
