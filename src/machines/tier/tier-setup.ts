import { assign, setup } from "xstate";
import { changedFailure } from "../convergence/changed-services.js";
import { followSteady, whyUnsteady } from "../convergence/judge-steady.js";
import { lookAfter } from "../convergence/stack-watch.js";
import type { StackSnapshot } from "../convergence/stack.types.js";
import { failureFrom, withEvidence, type Evidence } from "../errors.js";
import { leastTimeOfTier } from "../least-time.js";
import { settleMachine } from "../settle/settle.machine.js";
import type { SettleInput, SettleOutput, StackEvent } from "../settle/settle.types.js";
import type { TimeEvent } from "../time-left.js";
import { tierSpecs } from "../tiers/tier-specs.js";
import type { Failure, TestResult } from "../vocabulary.js";
import type { Facts } from "./facts.js";
import { noTimeForTier, tierBug, tierCut, tierOverrun, type TierStep } from "./tier-failures.js";
import { tierPorts, type TierOf } from "./tier.ports.js";
import type { TierContext, TierInput, TierOutput } from "./tier.types.js";
import { outcomeBy, outcomeOf } from "./tier-verdict.js";

/** What the ports are told of the tier. */
export const tierOf = ({ context: { tier, app, settings, up, facts, target } }: { context: TierContext }): TierOf => ({
  tier,
  app,
  settings,
  url: up.url,
  facts,
  target,
});

/** Only an upgrade asks anything else of the services than before. */
export const settleInput = ({ context: { tier, app, settings, budgets, up, facts } }: { context: TierContext }): SettleInput => ({
  app,
  settings,
  budgets,
  during: `the ${tier} tier`,
  asked: facts.asked ?? up.stack.watch.asked,
});

/** What every rule about a look at the stack is given. */
export const looked = ({ context, event }: { context: TierContext; event: Extract<StackEvent, { type: "stack.seen" }> }) => ({
  look: lookAfter(context.up.stack.watch, event),
});

const whyShaken = ({ up, settings, tier }: TierContext, look: StackSnapshot | null): Failure | null =>
  look === null ? null : whyUnsteady(up.stack, look, settings.convergence, `the ${tier} tier`);

/** By the last look. A program of the tier may change services meanwhile, if it puts them back. */
const whyChanged = ({ up: { stack }, tier }: TierContext): Failure | null =>
  stack.watch.last === null ? null : changedFailure(stack.watch, stack.watch.last, `the ${tier} tier`);

export const tierSetup = setup({
  types: {
    input: {} as TierInput,
    context: {} as TierContext,
    events: {} as StackEvent | TimeEvent,
    output: {} as TierOutput,
  },
  actors: { ...tierPorts, settle: settleMachine },
  actions: {
    keepFacts: assign({ facts: (_, params: { facts: Facts }) => params.facts }),
    keepUp: assign({ up: ({ context }, params: { output: SettleOutput }) => (params.output.kind === "up" ? params.output : context.up) }),
    keepLook: assign({
      up: ({ context: { up, settings } }, params: { look: StackSnapshot | null }) =>
        params.look === null ? up : { ...up, stack: followSteady(up.stack, params.look, settings.convergence) },
    }),
    keepTests: assign(({ context }, params: { tests: readonly TestResult[] }) => ({
      tests: params.tests,
      outcome: outcomeOf(context.tier, params.tests),
    })),
    failBy: assign({ outcome: (_, params: { error: unknown }) => outcomeBy(failureFrom(params.error)) }),
    failUnsettled: assign({
      outcome: (_, params: { output: SettleOutput }) => outcomeBy(params.output.kind === "failed" ? params.output.failure : tierBug),
    }),
    failOverrun: assign({ outcome: ({ context }, params: { step: TierStep }) => outcomeBy(tierOverrun(params.step, context)) }),
    cut: assign({ outcome: ({ context }, params: { step: TierStep; ms: number }) => outcomeBy(tierCut(params.step, context, params.ms)) }),
    leaveOut: assign({ outcome: ({ context }, params: { ms: number }) => outcomeBy(noTimeForTier(context, params.ms)) }),
    failShaken: assign({
      outcome: ({ context }, params: { look: StackSnapshot | null }) => outcomeBy(whyShaken(context, params.look) ?? tierBug),
    }),
    failChanged: assign({ outcome: ({ context }) => outcomeBy(whyChanged(context) ?? tierBug) }),
    keepEvidence: assign({
      outcome: ({ context: { outcome } }, params: { evidence: Evidence }) =>
        outcome === null || !("failure" in outcome) ? outcome : { ...outcome, failure: withEvidence(outcome.failure, params.evidence) },
    }),
  },
  guards: {
    changesStack: ({ context }) => tierSpecs[context.tier].changesStack,
    isEnough: ({ context }, params: { ms: number }) => params.ms > 0 && params.ms >= leastTimeOfTier(context.tier, context.settings),
    isUp: (_, params: { output: SettleOutput }) => params.output.kind === "up",
    isShaken: ({ context }, params: { look: StackSnapshot | null }) => whyShaken(context, params.look) !== null,
    isUnchanged: ({ context }) => whyChanged(context) === null,
    havePassed: ({ context }, params: { tests: readonly TestResult[] }) => outcomeOf(context.tier, params.tests).kind === "pass",
  },
  delays: {
    hookBudget: ({ context }) => context.settings.timeouts.hookMs,
    tierBudget: ({ context }) => context.settings.timeouts.tierMs,
    /** The port answers at once; if it is silent for this long, it is broken, and the run still has its deadline. */
    lookBudget: ({ context }) => context.budgets.look,
    explainBudget: ({ context }) => context.budgets.explain,
  },
});
