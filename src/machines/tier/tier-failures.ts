import { asFailure, bugFailure } from "../errors.js";
import type { Failure } from "../vocabulary.js";
import type { TierContext } from "./tier.types.js";

export type TierStep = "hook" | "operation" | "assertions";

const steps: Readonly<Record<TierStep, { readonly what: string; readonly key: "hook" | "tier"; readonly limit: "hookMs" | "tierMs" }>> = {
  hook: { what: "a hook of", key: "hook", limit: "hookMs" },
  operation: { what: "the operation of", key: "tier", limit: "tierMs" },
  assertions: { what: "the tests of", key: "tier", limit: "tierMs" },
};

export const tierOverrun = (step: TierStep, { tier, settings }: TierContext): Failure => {
  const { what, key, limit } = steps[step];
  return asFailure({
    code: "tier-overrun",
    message: `${what} the ${tier} tier took longer than ${settings.timeouts[limit]} ms`,
    hint: `Raise timeouts.${key} in the recipe's recipe.yml, or find out what hangs: the run's log has the output so far.`,
  });
};

export const tierBug = bugFailure("a tier ended without an outcome");
