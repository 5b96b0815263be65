import { formatDuration } from "./duration.js";
import { RunError } from "./errors.js";
import type { Prepared } from "./run/run.types.js";
import { tierSpecs } from "./tiers/tier-specs.js";

/** Less than this no run of the plan can take: each deploy, and each tier that changes the stack, is watched until it has settled. ms */
export const leastTimeOf = ({ settings, deps, plan }: Pick<Prepared, "settings" | "deps" | "plan">): number => {
  const settles = plan.rounds.map(({ tiers }) => 1 + tiers.filter((tier) => tierSpecs[tier].changesStack).length).reduce((sum, count) => sum + count, 0);
  return settles * settings.convergence.monitorMs + deps.reduce((sum, dep) => sum + dep.settings.convergence.monitorMs, 0);
};

/** Throws `plan-too-long`, exit code 2, where the deadline would end the run whatever the app did. */
export const assertFits = (prepared: Pick<Prepared, "settings" | "deps" | "plan">, leftMs: number): void => {
  const least = leastTimeOf(prepared);
  if (least <= leftMs) return;
  throw new RunError("plan-too-long", `the plan takes ${formatDuration(least)} at least, and the deadline is in ${formatDuration(Math.max(0, leftMs))}`, {
    hint: "Raise --deadline, or ask for fewer stages or bases.",
  });
};
