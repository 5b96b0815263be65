import { formatDuration } from "../duration.js";
import { asFailure, bugFailure } from "../errors.js";
import { leastTimeOfTier } from "../least-time.js";
import { cutFailure, noTimeFailure } from "../out-of-time.js";
import type { Failure } from "../vocabulary.js";
import type { TierContext } from "./tier.types.js";

export type TierStep = "hook" | "operation" | "assertions";

const steps: Readonly<
  Record<TierStep, { readonly what: string; readonly late: string; readonly key: "hook" | "tier"; readonly limit: "hookMs" | "tierMs" }>
> = {
  hook: { what: "a hook of", late: "a hook did not end in that", key: "hook", limit: "hookMs" },
  operation: { what: "the operation of", late: "its operation did not end in that", key: "tier", limit: "tierMs" },
  assertions: { what: "the tests of", late: "its tests did not end in that", key: "tier", limit: "tierMs" },
};

export const tierOverrun = (step: TierStep, { tier, settings }: TierContext): Failure => {
  const { what, key, limit } = steps[step];
  return asFailure({
    code: "tier-overrun",
    message: `${what} the ${tier} tier took longer than ${formatDuration(settings.timeouts[limit])}`,
    hint: `Raise timeouts.${key} in the recipe's recipe.yml, or find out what hangs: the run's log has the output so far.`,
  });
};

export const tierCut = (step: TierStep, { tier }: TierContext, ms: number): Failure => cutFailure(`the ${tier} tier`, ms, steps[step].late);

export const noTimeForTier = ({ tier, settings }: TierContext, ms: number): Failure =>
  noTimeFailure(`the ${tier} tier`, leastTimeOfTier(tier, settings), ms);

export const tierBug = bugFailure("a tier ended without an outcome");
