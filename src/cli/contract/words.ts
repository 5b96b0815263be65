import type { Examined } from "./contract.js";

/** What was examined: without this, a difference means nothing to somebody who was not there. */
export interface Facts {
  readonly recipeCi: string;
  readonly abra: string;
  readonly docker: string;
  readonly engine: string;
  readonly node: string;
  readonly system: string;
}

const marked = ({ mark, question }: Examined): string => (question === null ? `[${mark}]` : `[${mark}, question ${question}]`);

const indented = (text: string): readonly string[] => text.split("\n").map((line) => `             ${line}`);

/** A row for people. A difference, or why the row was not examined, gets a line of its own. */
export const describeRow = (row: Examined): string => {
  const said = `${marked(row)} ${row.title}`;
  if (row.holds === null) return [`  not examined ${said}`, ...indented(row.notExamined ?? "")].join("\n");
  return row.holds ? `  holds    ${said}` : [`  DIFFERS  ${said}`, ...indented(row.difference ?? "")].join("\n");
};

export const describeFacts = ({ recipeCi, abra, docker, engine, node, system }: Facts): string =>
  `recipe-ci ${recipeCi}, ${abra}, ${docker}, engine ${engine}, node ${node}, ${system}`;

const skipped = (rows: readonly Examined[]): string => {
  const count = rows.filter(({ holds }) => holds === null).length;
  return count === 0 ? "" : ` ${count} more could not be examined here; above stands why.`;
};

export const describeEnd = (rows: readonly Examined[], complete: boolean): string => {
  const examined = rows.filter(({ holds }) => holds !== null);
  const differ = examined.filter(({ holds }) => holds === false);
  if (!complete) return `stopped after ${rows.length} assumptions, ${differ.length} of which do not hold here`;
  if (differ.length === 0)
    return `${examined.length} assumptions, all of them hold here. Please send us this, it raises their marks.${skipped(rows)}`;
  return `${examined.length} assumptions, ${differ.length} of them do not hold here. Please send us this: either our stand-in is wrong, or our code.${skipped(rows)}`;
};
