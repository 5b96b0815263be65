/** Azure, GitHub and TeamCity look for these anywhere in a line. */
const anywhere = /##(?=\[|vso\[|teamcity\[)/g;

/** GitHub passes over what looks blank before `::`, GitLab over nothing before a section's mark. */
const beginsCommand = (line: string): boolean => {
  const begin = line.trimStart();
  return /^::[a-z]/i.test(begin) || /^section_(?:start|end):/.test(begin);
};

/** As JSON spells the same character: a document of ours stays what it is. */
const apartInJson = String.raw`#\u0023`;

const isJson = (text: string): boolean => /^[[{](?:["\n]|$)/.test(text);

/**
 * Text for a CI's log in which no line is an order to that CI (`::error`, `##vso[…]`, `##teamcity[…]`, `section_start:`): a stranger's
 * program may print them. A person still reads what it said: a blank within the mark, or a bar before the line. Linear.
 */
export const withoutCommands = (text: string): string => {
  const marked = text.includes("##") ? text.replaceAll(anywhere, isJson(text) ? apartInJson : "# #") : text;
  if (!marked.includes("::") && !marked.includes("section_")) return marked;
  return marked
    .split("\n")
    .map((line) => (beginsCommand(line) ? `| ${line}` : line))
    .join("\n");
};
