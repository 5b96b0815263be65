/** Of all programs of a run together: as much as is looked through for secrets, where it is JSON, and more than anybody reads. */
const charsMax = 8 * 1024 * 1024;

/**
 * Hands on what programs print until it is more than a log should take, which the last line then says. A program prints as much as it likes,
 * and whoever opened a pull request wrote it: the disk of the host is not theirs to fill.
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
