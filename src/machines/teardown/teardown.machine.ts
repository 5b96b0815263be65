import { assign, setup } from "xstate";
import { failureFrom } from "../errors.js";
import type { Cleanliness, Residue } from "../vocabulary.js";
import { teardownPorts } from "./teardown.ports.js";
import type { NodesAnswer, Stock, TeardownContext, TeardownInput, TeardownOutput, TeardownTarget } from "./teardown.types.js";

const target = ({ context }: { context: TeardownContext }): TeardownTarget => ({
  domain: context.domain,
  stack: context.stack,
});

const troubleLine = (step: string, error: unknown): string => `${step}: ${failureFrom(error).message}`;

/** How often removal goes round before residue is called residue: what a late task still held is free by then. */
const roundsMax = 2;

const cleanlinessOf = ({ residue, nodes }: TeardownContext): Cleanliness => {
  if (residue.length > 0) return { kind: "dirty", residue };
  return nodes.unasked.length > 0 ? { kind: "unverified", nodes: nodes.unasked } : { kind: "clean" };
};

/**
 * Removes one app from the host and says whether it is gone: the one way to clean, for a run's end, for recovery,
 * for the janitor and for the supervisor alike.
 *
 * Invariant: no error and no budget stops it half-way. Every step's failure leads onward, to the next step and in
 * the end to what the Swarm itself lists.
 */
export const teardownMachine = setup({
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
}).createMachine({
  id: "teardown",
  description: "Removes one app and everything that is its own. Errors and budgets only ever lead onward.",
  context: ({ input }) => ({ ...input, residue: [], nodes: { residue: [], unasked: [] }, rounds: 0, forced: false, troubles: [] }),
  output: ({ context }) => ({ cleanliness: cleanlinessOf(context), troubles: context.troubles }),
  initial: "draining",
  states: {
    draining: {
      description: "Ends every process that could still act on the app: a deploy that is dying may yet create a volume.",
      invoke: {
        id: "drain",
        src: "drain",
        input: ({ context }) => ({ cookies: context.cookies }),
        onDone: "takingStock",
        onError: {
          target: "takingStock",
          actions: { type: "noteError", params: ({ event }) => ({ step: "drain", error: event.error }) },
        },
      },
      after: { drainBudget: { target: "takingStock", actions: { type: "noteOverrun", params: { step: "drain" } } } },
    },
    takingStock: {
      description: "Writes down what is the app's while its containers can still tell. What was not deployed is not waited for.",
      invoke: {
        id: "takeStock",
        src: "takeStock",
        input: target,
        onDone: [
          { guard: { type: "isNotDeployed", params: ({ event }) => ({ stock: event.output }) }, target: "removing" },
          {
            guard: { type: "hasStrangers", params: ({ event }) => ({ stock: event.output }) },
            target: "forcing",
            description: "abra acts by the app's name, and would take along what only carries it.",
          },
          { target: "undeploying" },
        ],
        onError: {
          target: "forcing",
          actions: { type: "noteError", params: ({ event }) => ({ step: "take stock", error: event.error }) },
        },
      },
      after: { verifyBudget: { target: "forcing", actions: { type: "noteOverrun", params: { step: "take stock" } } } },
    },
    undeploying: {
      description: "Asks abra, which may have more to do at an app's end than docker knows of.",
      invoke: {
        id: "undeploy",
        src: "undeployApp",
        input: target,
        onDone: [
          { guard: { type: "isDone", params: ({ event }) => ({ done: event.output }) }, target: "goneWaiting" },
          { target: "forcing", description: "abra does not know the app: its .env is gone." },
        ],
        onError: {
          target: "forcing",
          actions: { type: "noteError", params: ({ event }) => ({ step: "undeploy", error: event.error }) },
        },
      },
      after: { undeployBudget: { target: "forcing", actions: { type: "noteOverrun", params: { step: "undeploy" } } } },
    },
    forcing: {
      description: "abra could not, must not, or only said that it had: docker removes the app's services by id.",
      entry: "noteForced",
      invoke: {
        id: "removeServices",
        src: "removeServices",
        input: target,
        onDone: "goneWaiting",
        onError: {
          target: "goneWaiting",
          actions: { type: "noteError", params: ({ event }) => ({ step: "remove services", error: event.error }) },
        },
      },
      after: { removeBudget: { target: "goneWaiting", actions: { type: "noteOverrun", params: { step: "remove services" } } } },
    },
    goneWaiting: {
      description: "Undeploy returns early: waits until no service and no container of the app is listed.",
      invoke: {
        id: "waitGone",
        src: "waitGone",
        input: target,
        onDone: "removing",
        onError: [
          {
            guard: "mayForce",
            target: "forcing",
            actions: { type: "noteError", params: ({ event }) => ({ step: "wait until gone", error: event.error }) },
          },
          {
            target: "removing",
            actions: { type: "noteError", params: ({ event }) => ({ step: "wait until gone", error: event.error }) },
          },
        ],
      },
      after: { goneBudget: { target: "removing", actions: { type: "noteOverrun", params: { step: "wait until gone" } } } },
    },
    removing: {
      description: "What the ledger says is the app's, by id, here and on the other nodes; nothing by its name.",
      initial: "objects",
      states: {
        objects: {
          description: "Containers with their anonymous volumes, networks, volumes, secrets, configs, and the .env last.",
          invoke: {
            id: "removeObjects",
            src: "removeObjects",
            input: target,
            onDone: "nodes",
            onError: {
              target: "nodes",
              actions: { type: "noteError", params: ({ event }) => ({ step: "remove", error: event.error }) },
            },
          },
          after: { removeBudget: { target: "nodes", actions: { type: "noteOverrun", params: { step: "remove" } } } },
        },
        nodes: {
          description: "Volumes and containers are a node's own: a short job removes them where the Swarm has more than one.",
          invoke: {
            id: "cleanNodes",
            src: "cleanNodes",
            input: target,
            onDone: {
              target: "#teardown.verifying",
              actions: { type: "keepNodes", params: ({ event }) => ({ answer: event.output }) },
            },
            onError: {
              target: "#teardown.verifying",
              actions: [
                { type: "noteError", params: ({ event }) => ({ step: "ask the nodes", error: event.error }) },
                { type: "assumeUnasked", params: ({ event }) => ({ why: failureFrom(event.error).message }) },
              ],
            },
          },
          after: {
            nodesBudget: {
              target: "#teardown.verifying",
              actions: [
                { type: "noteOverrun", params: { step: "ask the nodes" } },
                { type: "assumeUnasked", params: { why: "they did not answer in time" } },
              ],
            },
          },
        },
      },
    },
    verifying: {
      description: "Believes nobody's exit code: lists everything that is the app's.",
      entry: "countRound",
      invoke: {
        id: "listResidue",
        src: "listResidue",
        input: target,
        onDone: [
          {
            guard: { type: "isNothingLeft", params: ({ event }) => ({ residue: event.output }) },
            target: "clean",
          },
          {
            guard: { type: "isOnlyUnverified", params: ({ event }) => ({ residue: event.output }) },
            target: "unverified",
          },
          { guard: "mayGoRoundAgain", target: "forcing" },
          { target: "dirty", actions: { type: "keepResidue", params: ({ event }) => ({ residue: event.output }) } },
        ],
        onError: [
          {
            guard: "mayGoRoundAgain",
            target: "forcing",
            actions: { type: "noteError", params: ({ event }) => ({ step: "verify", error: event.error }) },
          },
          {
            target: "dirty",
            actions: [{ type: "noteError", params: ({ event }) => ({ step: "verify", error: event.error }) }, "assumeResidue"],
          },
        ],
      },
      after: {
        verifyBudget: {
          target: "dirty",
          actions: [{ type: "noteOverrun", params: { step: "verify" } }, "assumeResidue"],
        },
      },
    },
    clean: { type: "final", description: "Nothing that is the app's is left, on any node." },
    unverified: { type: "final", description: "Nothing is left where anybody could look; the nodes that could not be asked are in the output." },
    dirty: { type: "final", description: "Something is left, named in the output." },
  },
});
