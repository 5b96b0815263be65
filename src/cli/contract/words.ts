import type { Examined } from "./contract.js";

/** What was examined: without it a difference says nothing to who was not there. */
export interface Facts {
  readonly recipeCi: string;
  readonly abra: string;
  readonly docker: string;
  readonly engine: string;
  readonly node: string;
  readonly system: string;
}

const marked = ({ mark, question }: Examined): string => (question === null ? `[${mark}]` : `[${mark}, question ${question}]`);

/** A row for people; a difference on lines of its own. */
export const describeRow = (row: Examined): string =>
  row.holds
    ? `  holds    ${marked(row)} ${row.title}`
    : [`  DIFFERS  ${marked(row)} ${row.title}`, ...(row.difference ?? "").split("\n").map((line) => `             ${line}`)].join("\n");

export const describeFacts = ({ recipeCi, abra, docker, engine, node, system }: Facts): string =>
  `recipe-ci ${recipeCi}, ${abra}, ${docker}, engine ${engine}, node ${node}, ${system}`;

export const describeEnd = (rows: readonly Examined[], complete: boolean): string => {
  const differ = rows.filter(({ holds }) => !holds);
  if (!complete) return `stopped after ${rows.length} assumptions, ${differ.length} of which do not hold here`;
  if (differ.length === 0) return `${rows.length} assumptions, all of them hold here. Please send us this, it raises their marks.`;
  return `${rows.length} assumptions, ${differ.length} of them do not hold here. Please send us this: either our stand-in is wrong, or our code.`;
};
