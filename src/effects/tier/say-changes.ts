/** Says a line unless it is what was said last. */
export const sayChanges = (say: (line: string) => void): ((line: string) => void) => {
  let last: string | null = null;
  return (line) => {
    if (line !== last) say(line);
    last = line;
  };
};
