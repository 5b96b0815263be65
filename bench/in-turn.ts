import { median } from "./row.js";

const rounds = Number(process.env["BENCH_ROUNDS"] ?? 3);

/** The medians of a run's figures and of a plain script's. They are measured in turn, so other load on the machine affects both. */
export const inTurn = async <Cost extends { readonly [Name in keyof Cost]: number }>({
  plain,
  ours,
}: {
  readonly plain: () => Promise<Cost>;
  readonly ours: () => Promise<Cost>;
}) => {
  const costs: { readonly ours: Cost[]; readonly plain: Cost[] } = { ours: [], plain: [] };
  for (let round = 0; round < rounds; round += 1) {
    costs.plain.push(await plain());
    costs.ours.push(await ours());
  }
  return (what: keyof Cost): { readonly ours: number; readonly reference: number } => ({
    ours: median(costs.ours.map((cost) => cost[what])),
    reference: median(costs.plain.map((cost) => cost[what])),
  });
};
