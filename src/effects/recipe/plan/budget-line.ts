import { defaultBudgets } from "../../../machines/budgets.js";
import { formatDuration } from "../../../machines/duration.js";
import type { Prepared } from "../../../machines/run/run.types.js";

/** How long each part of the plan may take, for people; `leftMs`: until the run's deadline. */
export const budgetLine = ({ settings, plan }: Pick<Prepared, "settings" | "plan">, leftMs: number): string => {
  const { deployMs, probeMs, tierMs, hookMs } = settings.timeouts;
  const tiers = plan.rounds.reduce((sum, round) => sum + round.tiers.length, 0);
  const parts = [
    `each deploy ${formatDuration(deployMs)} until it has settled, ${formatDuration(probeMs)} until it answers`,
    `${tiers === 1 ? "the tier" : `each of ${tiers} tiers`} ${formatDuration(tierMs)}, a hook ${formatDuration(hookMs)}`,
    `all of it ${formatDuration(Math.max(0, leftMs))}, and each is cut to what remains of that`,
    `to tear down ${formatDuration(defaultBudgets.teardown)} more`,
  ];
  return `budgets: ${parts.join("; ")}`;
};
