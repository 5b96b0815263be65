/** The most that substitution may add: how many `$` the files have, times the longest variable. */
const expansionMax = 256 * 1024;
/** How many aliases there may be: merge keys copy what they name. */
const aliasesMax = 10;

const count = (text: string, sign: string): number => text.split(sign).length - 1;

/** Whether compose files stay about as long as their text when variables are substituted and aliases followed. */
export const expandsLittle = (text: string, variables: Readonly<Record<string, string>>): boolean => {
  const longest = Object.values(variables).reduce((most, { length }) => Math.max(most, length), 0);
  return count(text, "*") <= aliasesMax && count(text, "$") * longest <= expansionMax;
};
