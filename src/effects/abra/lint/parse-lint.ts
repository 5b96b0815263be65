import { printable } from "../../report/printable.js";
import type { LintRule } from "../../report/observed.js";

const columns = ["ref", "rule", "severity", "satisfied", "skipped", "resolve"] as const;
type Column = (typeof columns)[number];

/** Other headings that versions of abra may have for a column. */
const headings: Readonly<Record<string, Column>> = {
  ...Object.fromEntries(columns.map((column) => [column, column])),
  level: "severity",
  status: "satisfied",
  solution: "resolve",
  fix: "resolve",
  description: "rule",
};

const yes = new Set(["✅", "✔", "✓", "yes", "true", "y"]);
const no = new Set(["❌", "✘", "✗", "no", "false", "n"]);

/** A vertical bar: thin, thick, or ASCII. */
const bar = /[│┃|]/;
const outerBars = /^[│┃|]|[│┃|]$/g;

/** The cells of a table's line, whether they are separated by bars of any kind or only by gaps. */
const cellsOf = (line: string): readonly string[] => {
  const cells = bar.test(line) ? line.trim().replace(outerBars, "").split(bar) : line.trim().split(/\s{2,}|\t/);
  return cells.map((cell) => cell.trim());
};

const isRef = (cell: string): boolean => /^R\d{3}$/.test(cell);

const orderIn = (cells: readonly string[]): readonly (Column | null)[] | null => {
  const found = cells.map((cell) => headings[cell.toLowerCase()] ?? null);
  return found.includes("ref") && found.includes("satisfied") ? found : null;
};

type Row = Readonly<Partial<Record<Column, string>>>;

const rowOf = (cells: readonly string[], order: readonly (Column | null)[]): Row =>
  Object.fromEntries(cells.flatMap((cell, index) => (order[index] == null ? [] : [[order[index], cell]])));

/** A long text continues on the next lines, in which the other cells are empty. */
const joined = (row: Row, more: Row): Row => ({
  ...row,
  ...Object.fromEntries(columns.flatMap((column) => (more[column] ? [[column, `${row[column] ?? ""} ${more[column]}`.trim()]] : []))),
});

/** Whether the rule is satisfied; null if the table does not say. */
const satisfiedIn = ({ satisfied = "", skipped = "" }: Row): LintRule["satisfied"] | null => {
  if (yes.has(skipped.toLowerCase())) return "skipped";
  if (yes.has(satisfied.toLowerCase())) return "yes";
  return no.has(satisfied.toLowerCase()) ? "no" : null;
};

/** More rules than any version of abra will have. */
const rowsMax = 200;
const cellChars = 500;

/**
 * The rules in the table of `abra recipe lint`, in its order; null if the output has no table. Bars, widths, colours and the
 * order of the columns may vary. If the table does not say whether some rule holds, the result is null too: otherwise that
 * rule would count as one that holds.
 */
export const parseLint = (output: string): readonly LintRule[] | null => {
  let order: readonly (Column | null)[] = columns;
  const rows: Row[] = [];
  for (const line of printable(output).split("\n")) {
    const cells = cellsOf(line);
    const heading = orderIn(cells);
    if (heading !== null) {
      order = heading;
      continue;
    }
    const row = rowOf(cells, order);
    const last = rows.at(-1);
    if (isRef(row.ref ?? "")) rows.push(row);
    else if (row.ref === "" && cells.length === order.length && last !== undefined) rows[rows.length - 1] = joined(last, row);
    if (rows.length > rowsMax) return null;
  }
  const rules = rows.flatMap((row): LintRule[] => {
    const satisfied = satisfiedIn(row);
    const cell = (column: Column): string => (row[column] ?? "").slice(0, cellChars);
    return satisfied === null
      ? []
      : [{ ref: cell("ref"), rule: cell("rule"), severity: cell("severity").toLowerCase(), satisfied, resolve: cell("resolve") }];
  });
  return rules.length === 0 || rules.length < rows.length ? null : rules;
};
