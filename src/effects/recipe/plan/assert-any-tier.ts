import { RunError } from "../../../machines/errors.js";
import type { Plan } from "../../../machines/plan.js";

/** Refuses a run that can assert nothing: green would claim what nobody checked. Throws `nothing-to-test`, exit code 1. */
export const assertAnyTier = ({ rounds, skips }: Plan): void => {
  if (rounds.some(({ tiers }) => tiers.length > 0)) return;
  throw new RunError("nothing-to-test", `every tier that was asked for is left out: ${skips.map(({ tier }) => tier).join(", ")}`, {
    hint: "Ask for others with --stages, or take a tier out of notApplicable in recipe.yml. Nothing was deployed.",
    details: skips.map(({ tier, reason }) => `${tier}: ${reason}`),
  });
};
