import { unsettledServices } from "../convergence/judge-stack.js";
import { unsettledFailure } from "../convergence/unsettled-failure.js";
import type { Failure } from "../vocabulary.js";
import type { DeployContext } from "./deploy.types.js";

const hints: Readonly<Record<string, string>> = {
  prepulling: "Pull the images by hand once, or check the registry's rate limit.",
};

const probing = ({ app, settings, tried }: DeployContext): Failure => ({
  code: "deploy-probing-overrun",
  message:
    tried === null
      ? `${app.domain} did not answer in time: nothing could be asked (reach: ${settings.reach})`
      : `${app.domain} did not answer in time: ${tried.address}: ${tried.why}`,
  hint: tried?.hint ?? "The services run and stay, but nothing answers there: check `reach` in the recipe's recipe.yml.",
  exitCode: 1,
  details: [],
});

/** Why a phase of the deploy took too long, as far as the last look at the stack tells. */
export const overrunFailure = (phase: string, context: DeployContext): Failure => {
  const { app, settings, watch } = context;
  if (context.unreadable !== null) return context.unreadable;
  if (phase === "probing") return probing(context);
  const unsettled = phase === "converging" ? unsettledServices(watch, settings.convergence) : [];
  return unsettled.length > 0
    ? unsettledFailure(watch, unsettled, settings)
    : {
        code: `deploy-${phase}-overrun`,
        message: `${app.domain} was not up in time: ${phase} took too long`,
        hint: hints[phase] ?? "The run's log has what abra and docker said.",
        exitCode: 1,
        details: [],
      };
};
