/** One measured figure of ours, with a reference that was measured in the same run of the benchmark. */
export interface Row {
  readonly name: string;
  readonly ours: number;
  /** What `reference` measured. */
  readonly against: string;
  readonly reference: number | null;
  readonly unit: "ms" | "MiB" | "processes" | "switches" | "waiters" | "s";
  /** The upper bound `most` applies to ours/reference (`x`), to ours − reference (`more`), or to ours (`alone`). */
  readonly goal: { readonly kind: "x" | "more" | "alone"; readonly most: number } | null;
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};

export const percentile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
};

const figure = (n: number): string => (n < 10 ? n.toFixed(2) : n.toFixed(n < 100 ? 1 : 0));

const holds = ({ ours, reference, goal }: Row): boolean | null => {
  if (goal === null) return null;
  if (goal.kind === "alone") return ours <= goal.most;
  if (reference === null) return null;
  return goal.kind === "x" ? ours / reference <= goal.most : ours - reference <= goal.most;
};

const goalText = ({ goal, unit }: Row): string => {
  if (goal === null) return "";
  if (goal.kind === "x") return `≤ ${goal.most}×`;
  return goal.kind === "more" ? `≤ ${goal.most} ${unit} more` : `≤ ${goal.most} ${unit}`;
};

/** The row as a line of a Markdown table. */
export const describeRow = (row: Row): string => {
  const { name, ours, against, reference, unit } = row;
  const ratio = reference === null ? "" : `${(ours / reference).toFixed(2)}×`;
  const met = holds(row);
  return `| ${name} | ${figure(ours)} ${unit} | ${reference === null ? "" : `${figure(reference)} ${unit} (${against})`} | ${ratio} | ${goalText(row)} | ${met === null ? "" : met ? "met" : "MISSED"} |`;
};
