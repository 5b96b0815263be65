import type { RecipeStep } from "../support/worlds/recipe-step.js";

type Row = readonly string[];

const heads: Row = ["what", "took", "how the runs ended", "services", "containers", "volumes", "secrets", "configs", "networks"];

const endOf = ({ record, runId }: RecipeStep): string => {
  const now = record();
  return `${runId} ${now?.verdict ?? "killed"}${now?.exitCode == null ? "" : ` ${now.exitCode}`}`;
};

/** What happened and what docker lists of run apps after it, for people. */
export class Table {
  readonly #title: string;
  readonly #rows: Row[] = [];

  constructor(title: string) {
    this.#title = title;
  }

  add(what: string, tookMs: number, runs: readonly RecipeStep[], counts: Readonly<Record<string, number>>): void {
    const listed = ["service", "container", "volume", "secret", "config", "network"].map((kind) => String(counts[kind] ?? 0));
    this.#rows.push([what, `${(tookMs / 1_000).toFixed(1)} s`, runs.map(endOf).join(", "), ...listed]);
  }

  text(): string {
    const all = [heads, ...this.#rows];
    const widths = heads.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
    const lines = all.map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    );
    return ["", this.#title, "", ...lines, ""].join("\n");
  }
}
