import { unsettledServices } from "../convergence/judge-stack.js";
import { unsettledFailure } from "../convergence/unsettled-failure.js";
import { asFailure } from "../errors.js";
import type { Failure } from "../vocabulary.js";
import type { DeployContext } from "./deploy.types.js";

export type DeployPhase = "creating" | "configuring" | "prepulling" | "submitting" | "converging" | "probing";

const hints: Readonly<Partial<Record<DeployPhase, string>>> = {
  prepulling: "Pull the images by hand once, or check the registry's rate limit.",
};

const probing = ({ app, settings, tried }: DeployContext): Failure => asFailure({
  code: "deploy-probing-overrun",
  message:
    tried === null
      ? `${app.domain} did not answer in time: nothing could be asked (reach: ${settings.reach})`
      : `${app.domain} did not answer in time: ${tried.address}: ${tried.why}`,
  hint: tried?.hint ?? "The services run and stay, but nothing answers there: check `reach` in the recipe's recipe.yml.",
});

/** Why a phase of the deploy took too long, as far as the last look at the stack tells. */
export const overrunFailure = (phase: DeployPhase, context: DeployContext): Failure => {
  const { app, settings, watch } = context;
  if (context.unreadable !== null) return context.unreadable;
  if (phase === "probing") return probing(context);
  const unsettled = phase === "converging" ? unsettledServices(watch, settings.convergence) : [];
  return unsettled.length > 0
    ? unsettledFailure(watch, unsettled, settings)
    : asFailure({
        code: `deploy-${phase}-overrun`,
        message: `${app.domain} was not up in time: ${phase} took too long`,
        hint: hints[phase] ?? "The run's log has what abra and docker said.",
      });
};
