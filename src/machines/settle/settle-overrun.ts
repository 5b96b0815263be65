import { unsettledServices } from "../convergence/judge-stack.js";
import { unsettledFailure } from "../convergence/unsettled-failure.js";
import { asFailure } from "../errors.js";
import { cutFailure } from "../out-of-time.js";
import type { Failure } from "../vocabulary.js";
import type { SettleContext } from "./settle.types.js";

export type SettlePhase = "converging" | "probing";

const probing = ({ app, settings, tried }: SettleContext): Failure =>
  asFailure({
    code: "deploy-probing-overrun",
    message:
      tried === null
        ? `${app.domain} did not answer in time: nothing could be asked (reach: ${settings.reach})`
        : `${app.domain} did not answer in time: ${tried.address}: ${tried.why}`,
    hint: tried?.hint ?? "The services run and stay, but nothing answers there: check `reach` in the recipe's recipe.yml.",
  });

/**
 * Why a stack was not up in time, as far as the last look shows. `limitMs`: the limit that ended the wait; null: the run's deadline did.
 */
const notUp = (phase: SettlePhase, context: SettleContext, limitMs: number | null): Failure => {
  const { app, settings, watch, unreadable } = context;
  if (unreadable !== null) return unreadable;
  if (phase === "probing") return probing(context);
  const unsettled = unsettledServices(watch, settings.convergence);
  return unsettled.length > 0
    ? unsettledFailure(watch, unsettled, limitMs)
    : asFailure({
        code: "deploy-converging-overrun",
        message: `${app.domain} was not up in time: converging took too long`,
        hint: "The run's log has what abra and docker said.",
      });
};

export const settleOverrun = (phase: SettlePhase, context: SettleContext): Failure =>
  notUp(phase, context, context.settings.timeouts.deployMs);

/** The same for a wait that the run's deadline ended. */
export const settleCut = (phase: SettlePhase, context: SettleContext, ms: number): Failure => {
  const { message, details } = notUp(phase, context, null);
  return cutFailure(`the wait for ${context.app.domain}`, ms, `in that ${message}`, details);
};
