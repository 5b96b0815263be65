/** For all programs of a run together: as much as is still searched for secrets in JSON, and more than anybody reads. */
const charsMax = 8 * 1024 * 1024;

/**
 * Passes on what programs print until it is more than a log should take; the last line then says so. Whoever opened a
 * pull request wrote the program and must not be able to fill the host's disk.
 */
export const limitOutput = (hear: (program: string, text: string) => void, max = charsMax): ((program: string, text: string) => void) => {
  let left = max;
  return (program, text) => {
    if (left <= 0) return;
    hear(program, text.slice(0, left));
    left -= text.length;
    if (left <= 0) hear(program, `(the programs of this run have printed more than ${max} characters: the rest is left out here)`);
  };
};
