import { refuse } from "./refusal.js";

type Row = Readonly<Record<string, string>>;

const lookUp = (value: object, path: string): unknown =>
  path === ""
    ? value
    : path
        .split(".")
        .reduce<unknown>(
          (at, key) => (typeof at === "object" && at !== null ? (at as Readonly<Record<string, unknown>>)[key] : undefined),
          value,
        );

/** The parts of Go's templates that are used here: `{{json .}}`, `{{.Name}}`, `{{json .Swarm}}`, `\t`. Refuses anything else. */
export const render = (value: object, format: string): string => {
  const text = format.replaceAll(String.raw`\t`, "\t").replaceAll(String.raw`\n`, "\n");
  return text.replaceAll(/\{\{\s*(.*?)\s*\}\}/g, (whole, inner: string) => {
    const [, json, path = ""] = /^(json\s+)?\.([\w.]*)$/.exec(inner) ?? [];
    if (!/^(json\s+)?\.([\w.]*)$/.test(inner)) refuse(`template parsing error: the sandbox does not know ${whole}`);
    const found = lookUp(value, path);
    if (json !== undefined || typeof found === "object") return JSON.stringify(found ?? null);
    return String(found ?? "<no value>");
  });
};

/** Headings and padded columns. */
const table = (rows: readonly Row[], columns: readonly string[]): string => {
  const lines = [
    columns.map((column) => column.replaceAll(/(?<=[a-z])(?=[A-Z])/g, " ").toUpperCase()),
    ...rows.map((row) => columns.map((column) => row[column] ?? "")),
  ];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => line[index]?.length ?? 0)));
  return lines
    .map(
      (line) =>
        `${line
          .map((cell, index) => cell.padEnd(widths[index] ?? 0))
          .join("   ")
          .trimEnd()}\n`,
    )
    .join("");
};

/** Rows in the requested format; only ids for --quiet; else a table of some columns. */
export const listing = (
  rows: readonly Row[],
  format: string | undefined,
  isQuiet: boolean,
  columns: readonly string[],
  quietBy = "ID",
): string => {
  if (isQuiet) return rows.map((row) => `${row[quietBy] ?? ""}\n`).join("");
  if (format === undefined || format === "" || format === "table") return table(rows, columns);
  const template = format === "json" ? "{{json .}}" : format.replace(/^table /, "");
  return rows.map((row) => `${render(row, template)}\n`).join("");
};
