/** Azure, GitHub and TeamCity look for these anywhere in a line. */
const anywhere = /##(?=\[|vso\[|teamcity\[)/g;

/** GitHub ignores blanks before `::`; GitLab ignores nothing before a section's mark. */
const beginsCommand = (line: string): boolean => {
  const begin = line.trimStart();
  return /^::[a-z]/i.test(begin) || /^section_(?:start|end):/.test(begin);
};

/** JSON's spelling of the same character, so that a JSON document of ours keeps its meaning. */
const apartInJson = String.raw`#\u0023`;

const isJson = (text: string): boolean => /^[[{](?:["\n]|$)/.test(text);

/**
 * Text for a CI's log without lines that the CI would obey (`::error`, `##vso[…]`, `##teamcity[…]`, `section_start:`),
 * which a stranger's program may print. People can still read them: there is a blank in the mark or a bar before the
 * line. Linear.
 */
export const withoutCommands = (text: string): string => {
  const marked = text.includes("##") ? text.replaceAll(anywhere, isJson(text) ? apartInJson : "# #") : text;
  if (!marked.includes("::") && !marked.includes("section_")) return marked;
  return marked
    .split("\n")
    .map((line) => (beginsCommand(line) ? `| ${line}` : line))
    .join("\n");
};
