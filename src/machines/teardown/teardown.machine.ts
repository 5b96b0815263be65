import { failureFrom } from "../errors.js";
import type { Cleanliness } from "../vocabulary.js";
import { failsInto, overrunsInto, teardownSetup } from "./teardown-setup.js";
import type { TeardownContext, TeardownTarget } from "./teardown.types.js";

const target = ({ context }: { context: TeardownContext }): TeardownTarget => ({
  domain: context.domain,
  stack: context.stack,
});

const cleanlinessOf = ({ residue, nodes }: TeardownContext): Cleanliness => {
  if (residue.length > 0) return { kind: "dirty", residue };
  return nodes.unasked.length > 0 ? { kind: "unverified", nodes: nodes.unasked } : { kind: "clean" };
};

/**
 * Removes one app from the host and says whether it is gone. It is the only way to clean: a run's end, recovery, the
 * janitor and the supervisor all use it.
 *
 * Invariant: no error and no budget stops it half-way. If a step fails, the next one follows, and at the end the Swarm
 * itself is asked what is left.
 */
export const teardownMachine = teardownSetup.createMachine({
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
        onError: failsInto("takingStock", "drain"),
      },
      after: { drainBudget: overrunsInto("takingStock", "drain") },
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
        onError: failsInto("forcing", "take stock"),
      },
      after: { verifyBudget: overrunsInto("forcing", "take stock") },
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
        onError: failsInto("forcing", "undeploy"),
      },
      after: { undeployBudget: overrunsInto("forcing", "undeploy") },
    },
    forcing: {
      description: "abra could not, must not, or only said that it had: docker removes the app's services by id.",
      entry: "noteForced",
      invoke: {
        id: "removeServices",
        src: "removeServices",
        input: target,
        onDone: "goneWaiting",
        onError: failsInto("goneWaiting", "remove services"),
      },
      after: { removeBudget: overrunsInto("goneWaiting", "remove services") },
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
      after: { goneBudget: overrunsInto("removing", "wait until gone") },
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
            onError: failsInto("nodes", "remove"),
          },
          after: { removeBudget: overrunsInto("nodes", "remove") },
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
      description: "Lists everything that is the app's: an exit code proves nothing.",
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
    unverified: {
      type: "final",
      description: "Nothing is left where anybody could look; the nodes that could not be asked are in the output.",
    },
    dirty: { type: "final", description: "Something is left, named in the output." },
  },
});
