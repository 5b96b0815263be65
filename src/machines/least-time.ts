import { formatDuration } from "./duration.js";
import { RunError } from "./errors.js";
import type { Prepared } from "./run/run.types.js";
import { tierSpecs } from "./tiers/tier-specs.js";
import type { RecipeSettings, Tier } from "./vocabulary.js";

/**
 * The least time that a tier takes. One that changes the stack is watched until it settles; for one that only looks, nothing is known. ms
 */
export const leastTimeOfTier = (tier: Tier, { convergence }: Pick<RecipeSettings, "convergence">): number =>
  tierSpecs[tier].changesStack ? convergence.monitorMs : 0;

/** The least time that a run of the plan takes: each deploy, and each tier that changes the stack, is watched until it settles. ms */
export const leastTimeOf = ({ settings, deps, plan }: Pick<Prepared, "settings" | "deps" | "plan">): number => {
  const { monitorMs } = settings.convergence;
  const waits = [
    ...plan.rounds.flatMap(({ tiers }) => [monitorMs, ...tiers.map((tier) => leastTimeOfTier(tier, settings))]),
    ...deps.map((dep) => dep.settings.convergence.monitorMs),
  ];
  return waits.reduce((sum, ms) => sum + ms, 0);
};

/** Throws `plan-too-long`, exit code 2, if the deadline would cut the plan short however fast the app is. */
export const assertFits = (prepared: Pick<Prepared, "settings" | "deps" | "plan">, leftMs: number): void => {
  const least = leastTimeOf(prepared);
  if (least <= leftMs) return;
  throw new RunError(
    "plan-too-long",
    `the plan takes ${formatDuration(least)} at least, and the deadline leaves ${formatDuration(Math.max(0, leftMs))}`,
    {
      hint: "Raise --deadline, or ask for fewer stages or bases.",
    },
  );
};
