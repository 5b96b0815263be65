import { assign, setup } from "xstate";
import { failureFrom } from "../errors.js";
import type { Residue } from "../vocabulary.js";
import { teardownPorts } from "./teardown.ports.js";
import type { NodesAnswer, Stock, TeardownContext, TeardownInput, TeardownOutput } from "./teardown.types.js";

const troubleLine = (step: string, error: unknown): string => `${step}: ${failureFrom(error).message}`;

/** How many rounds of removal there are before what is left counts as residue: by then, a late task has released what it held. */
const roundsMax = 2;

/** Everything that the teardown's states use: actors, actions, guards, delays. */
export const teardownSetup = setup({
  types: {
    input: {} as TeardownInput,
    context: {} as TeardownContext,
    output: {} as TeardownOutput,
  },
  actors: teardownPorts,
  actions: {
    noteError: assign({
      troubles: ({ context }, params: { step: string; error: unknown }) => [...context.troubles, troubleLine(params.step, params.error)],
    }),
    noteOverrun: assign({
      troubles: ({ context }, params: { step: string }) => [...context.troubles, `${params.step}: took too long`],
    }),
    keepResidue: assign({
      residue: ({ context }, params: { residue: readonly Residue[] }) => [...params.residue, ...context.nodes.residue],
    }),
    keepNodes: assign({ nodes: (_, params: { answer: NodesAnswer }) => params.answer }),
    /** A node that could not be asked is neither clean nor dirty. */
    assumeUnasked: assign({
      nodes: (_, params: { why: string }): NodesAnswer => ({ residue: [], unasked: [{ node: "other nodes", why: params.why }] }),
    }),
    /** If the residue could not be listed, the app is not clean. */
    assumeResidue: assign({
      residue: ({ context }): readonly Residue[] => [{ kind: "service", name: `${context.stack} (could not be listed)` }],
    }),
    noteForced: assign({ forced: true }),
    countRound: assign({ rounds: ({ context }) => context.rounds + 1 }),
  },
  guards: {
    isNotDeployed: (_, params: { stock: Stock }) => !params.stock.isDeployed,
    hasStrangers: (_, params: { stock: Stock }) => params.stock.hasStrangers,
    isDone: (_, params: { done: boolean }) => params.done,
    isNothingLeft: ({ context }, params: { residue: readonly Residue[] }) =>
      params.residue.length === 0 && context.nodes.residue.length === 0 && context.nodes.unasked.length === 0,
    isOnlyUnverified: ({ context }, params: { residue: readonly Residue[] }) =>
      params.residue.length === 0 && context.nodes.residue.length === 0,
    mayForce: ({ context }) => !context.forced,
    mayGoRoundAgain: ({ context }) => context.rounds < roundsMax,
  },
  delays: {
    drainBudget: ({ context }) => context.budgets.drain,
    undeployBudget: ({ context }) => context.budgets.undeploy,
    goneBudget: ({ context }) => context.budgets.gone,
    removeBudget: ({ context }) => context.budgets.remove,
    nodesBudget: ({ context }) => context.budgets.askNodes,
    verifyBudget: ({ context }) => context.budgets.verify,
  },
});

/** If a step breaks, teardown notes it and goes on with the next. */
export const failsInto = <Target extends string>(target: Target, step: string) => ({
  target,
  actions: { type: "noteError" as const, params: ({ event }: { event: { readonly error: unknown } }) => ({ step, error: event.error }) },
});

/** If a step uses up its budget, teardown notes it and goes on with the next. */
export const overrunsInto = <Target extends string>(target: Target, step: string) => ({
  target,
  actions: { type: "noteOverrun" as const, params: { step } },
});
