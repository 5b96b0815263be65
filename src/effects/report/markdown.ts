import { endOfText, firstLine, printable } from "./printable.js";

const longestRun = (text: string): number => Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));

/**
 * A stranger's text inside a line: as code, in which no forge sees mark-up, links, mentions or HTML. It becomes one line. A bar,
 * which would end a table's cell, is replaced by a character that looks like one.
 */
export const inlineCode = (text: string, charsMax = 200): string => {
  const line = firstLine(printable(text), charsMax).replaceAll(/\s+/g, " ").replaceAll("|", "¦").trim();
  if (line === "") return "—";
  const fence = "`".repeat(longestRun(line) + 1);
  return fence.length === 1 ? `\`${line}\`` : `${fence} ${line} ${fence}`;
};

/** A stranger's text as a block whose fence is longer than any in it. */
export const codeBlock = (text: string, charsMax = 8_000): string => {
  const body = endOfText(printable(text).trimEnd(), charsMax);
  const fence = "`".repeat(Math.max(3, longestRun(body) + 1));
  return `${fence}text\n${body}\n${fence}`;
};

/** A link to an address; null if the address could break out of the link. */
export const webLink = (title: string, address: string | null): string | null =>
  address !== null && /^https?:\/\/[\w.:-]+(?:\/[\w./~%+=&?#:,@-]*)?$/.test(address) ? `[${title}](<${address}>)` : null;
