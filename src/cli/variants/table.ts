import { formatDuration } from "../../machines/duration.js";
import type { ExitCode } from "../../machines/vocabulary.js";
import type { VariantEnd } from "./variant-run.js";

const heads = ["variant", "verdict", "exit code", "level", "took", "folder"] as const;

const cellsOf = ({ variant, verdict, exitCode, level, durationMs, folder }: VariantEnd): readonly string[] => [
  variant,
  verdict ?? "–",
  String(exitCode),
  level === null ? "–" : String(level),
  formatDuration(durationMs),
  folder ?? "–",
];

/** All variants in one table, for people. */
export const variantTable = (ends: readonly VariantEnd[]): readonly string[] => {
  const rows = [heads, ...ends.map(cellsOf)];
  const widths = heads.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
};

/** The most telling comes first: a bug of ours, then the recipe's failure, the caller's mistake, the host, stops, residue. */
const worstFirst: readonly ExitCode[] = [70, 1, 2, 69, 75, 142, 143, 130, 129, 3, 0];

/** The worst of all exit codes. A killed run has none of ours and counts as a host that cannot work. */
export const worstCode = (ends: readonly VariantEnd[]): ExitCode => {
  const codes = ends.map(({ exitCode }) => worstFirst.find((code) => code === exitCode) ?? 69);
  return worstFirst.find((code) => codes.includes(code)) ?? 69;
};
