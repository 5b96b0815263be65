import { changedFailure } from "../convergence/changed-services.js";
import { judgeStack } from "../convergence/judge-stack.js";
import { whyUnsteady } from "../convergence/judge-steady.js";
import { follow, type StackWatch } from "../convergence/stack-watch.js";
import type { StackSnapshot } from "../convergence/stack.types.js";
import { reachFailure } from "../reach.js";
import type { Failure } from "../vocabulary.js";
import type { SettleContext } from "./settle.types.js";

export const watchAfter = (context: SettleContext, look: StackSnapshot | null): StackWatch =>
  look === null ? context.watch : follow(context.watch, look, context.settings.convergence);

export const hasSettled = (context: SettleContext, look: StackSnapshot | null): boolean =>
  judgeStack(watchAfter(context, look), context.settings.convergence).kind === "settled";

/** Why the stack will never settle, so that waiting can end; null if it still may. */
export const whyNever = (context: SettleContext, look: StackSnapshot | null): Failure | null => {
  const watch = watchAfter(context, look);
  const changed = look === null ? null : changedFailure(watch, look, context.during);
  if (changed !== null) return changed;
  const judgement = judgeStack(watch, context.settings.convergence);
  if (judgement.kind === "failed") return judgement.failure;
  return look === null ? null : reachFailure(context.app, context.settings.reach, look);
};

/** Why a settled stack is no longer as it was, or null. */
export const whyNotSteady = ({ watch, settled, settings, during }: SettleContext, look: StackSnapshot | null): Failure | null =>
  look === null || settled === null
    ? null
    : (changedFailure(watch, look, during) ?? whyUnsteady({ watch, settled }, look, settings.convergence, "probing"));
