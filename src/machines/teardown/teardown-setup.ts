import { assign, setup } from "xstate";
import { failureFrom } from "../errors.js";
import type { Residue } from "../vocabulary.js";
import { teardownPorts } from "./teardown.ports.js";
import type { NodesAnswer, Stock, TeardownContext, TeardownInput, TeardownOutput } from "./teardown.types.js";

const troubleLine = (step: string, error: unknown): string => `${step}: ${failureFrom(error).message}`;

/** How often removal goes round before residue is called residue: what a late task still held is free by then. */
const roundsMax = 2;

/** All that the teardown's states are made of. */
export const teardownSetup = setup({
  types: {
    input: {} as TeardownInput,
    context: {} as TeardownContext,
    output: {} as TeardownOutput,
  },
  actors: teardownPorts,
  actions: {
    noteError: assign({
      troubles: ({ context }, params: { step: string; error: unknown }) => [
        ...context.troubles,
        troubleLine(params.step, params.error),
      ],
    }),
    noteOverrun: assign({
      troubles: ({ context }, params: { step: string }) => [...context.troubles, `${params.step}: took too long`],
    }),
    keepResidue: assign({
      residue: ({ context }, params: { residue: readonly Residue[] }) => [...params.residue, ...context.nodes.residue],
    }),
    keepNodes: assign({ nodes: (_, params: { answer: NodesAnswer }) => params.answer }),
    /** Who could not be asked has said nothing: neither that it is clean nor that it is not. */
    assumeUnasked: assign({
      nodes: (_, params: { why: string }): NodesAnswer => ({ residue: [], unasked: [{ node: "other nodes", why: params.why }] }),
    }),
    /** What could not be listed cannot be called clean. */
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

/** A step that broke leads onward, and is told. */
export const failsInto = <Target extends string>(target: Target, step: string) => ({
  target,
  actions: { type: "noteError" as const, params: ({ event }: { event: { readonly error: unknown } }) => ({ step, error: event.error }) },
});

/** So does one that used up its budget. */
export const overrunsInto = <Target extends string>(target: Target, step: string) => ({
  target,
  actions: { type: "noteOverrun" as const, params: { step } },
});
