/** One figure: ours beside a reference of the same run. */
export interface Row {
  readonly name: string;
  readonly ours: number;
  /** What `reference` is: the figure means nothing without it. */
  readonly against: string;
  readonly reference: number | null;
  readonly unit: "ms" | "MiB" | "processes" | "switches" | "waiters" | "s";
  /** As a bound on ours/reference (`x`), or on ours − reference (`more`), or on ours alone (`alone`). */
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

/** A row as a line of the table. */
export const describeRow = (row: Row): string => {
  const { name, ours, against, reference, unit } = row;
  const ratio = reference === null ? "" : `${(ours / reference).toFixed(2)}×`;
  const met = holds(row);
  return `| ${name} | ${figure(ours)} ${unit} | ${reference === null ? "" : `${figure(reference)} ${unit} (${against})`} | ${ratio} | ${goalText(row)} | ${met === null ? "" : met ? "met" : "MISSED"} |`;
};
