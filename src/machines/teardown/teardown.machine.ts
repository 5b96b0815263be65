import { assign, setup } from "xstate";
import { failureFrom } from "../errors.js";
import type { Residue } from "../vocabulary.js";
import { teardownPorts } from "./teardown.ports.js";
import type { TeardownContext, TeardownInput, TeardownOutput, TeardownTarget } from "./teardown.types.js";

const target = ({ context }: { context: TeardownContext }): TeardownTarget => ({
  domain: context.domain,
  stack: context.stack,
});

const troubleLine = (step: string, error: unknown): string => `${step}: ${failureFrom(error).message}`;

/** How often removal goes round before residue is called residue: what a late task still held is free by then. */
const roundsMax = 2;

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
    keepResidue: assign({ residue: (_, params: { residue: readonly Residue[] }) => params.residue }),
    /** What could not be listed cannot be called clean. */
    assumeResidue: assign({
      residue: ({ context }): readonly Residue[] => [{ kind: "service", name: `${context.stack} (could not be listed)` }],
    }),
    noteForced: assign({ forced: true }),
    countRound: assign({ rounds: ({ context }) => context.rounds + 1 }),
  },
  guards: {
    isNothingLeft: (_, params: { residue: readonly Residue[] }) => params.residue.length === 0,
    mayForce: ({ context }) => !context.forced,
    mayGoRoundAgain: ({ context }) => context.rounds < roundsMax,
  },
  delays: {
    drainBudget: ({ context }) => context.budgets.drain,
    undeployBudget: ({ context }) => context.budgets.undeploy,
    goneBudget: ({ context }) => context.budgets.gone,
    removeBudget: ({ context }) => context.budgets.remove,
    verifyBudget: ({ context }) => context.budgets.verify,
  },
}).createMachine({
  id: "teardown",
  description: "Removes one app and everything that carries its name. Errors and budgets only ever lead onward.",
  context: ({ input }) => ({ ...input, residue: [], rounds: 0, forced: false, troubles: [] }),
  output: ({ context }) => ({
    cleanliness: context.residue.length === 0 ? { kind: "clean" } : { kind: "dirty", residue: context.residue },
    troubles: context.troubles,
  }),
  initial: "draining",
  states: {
    draining: {
      description: "Ends every process that could still act on the app: a deploy that is dying may yet create a volume.",
      invoke: {
        id: "drain",
        src: "drain",
        input: ({ context }) => ({ cookies: context.cookies }),
        onDone: "undeploying",
        onError: {
          target: "undeploying",
          actions: { type: "noteError", params: ({ event }) => ({ step: "drain", error: event.error }) },
        },
      },
      after: { drainBudget: { target: "undeploying", actions: { type: "noteOverrun", params: { step: "drain" } } } },
    },
    undeploying: {
      description: "Asks abra. An app that was never deployed is a success.",
      invoke: {
        id: "undeploy",
        src: "undeployApp",
        input: target,
        onDone: "goneWaiting",
        onError: {
          target: "forcing",
          actions: { type: "noteError", params: ({ event }) => ({ step: "undeploy", error: event.error }) },
        },
      },
      after: { undeployBudget: { target: "forcing", actions: { type: "noteOverrun", params: { step: "undeploy" } } } },
    },
    forcing: {
      description: "abra could not, or only said that it had: docker removes the stack's services and networks itself.",
      entry: "noteForced",
      invoke: {
        id: "removeStack",
        src: "removeStack",
        input: target,
        onDone: "goneWaiting",
        onError: {
          target: "goneWaiting",
          actions: { type: "noteError", params: ({ event }) => ({ step: "stack rm", error: event.error }) },
        },
      },
      after: { removeBudget: { target: "goneWaiting", actions: { type: "noteOverrun", params: { step: "stack rm" } } } },
    },
    goneWaiting: {
      description: "Undeploy returns early: waits until no service, container or network of the stack is listed.",
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
      description: "Volumes, secrets, configs and the .env: by abra as far as it goes, the rest by docker and by name.",
      initial: "volumes",
      states: {
        volumes: {
          description: "Refused for as long as a container lives that used one.",
          invoke: {
            id: "removeVolumes",
            src: "removeVolumes",
            input: target,
            onDone: "secrets",
            onError: {
              target: "secrets",
              actions: { type: "noteError", params: ({ event }) => ({ step: "volume remove", error: event.error }) },
            },
          },
          after: { removeBudget: { target: "secrets", actions: { type: "noteOverrun", params: { step: "volume remove" } } } },
        },
        secrets: {
          description: "abra's secrets carry no stack label and outlive the stack.",
          invoke: {
            id: "removeSecrets",
            src: "removeSecrets",
            input: target,
            onDone: "app",
            onError: {
              target: "app",
              actions: { type: "noteError", params: ({ event }) => ({ step: "secret remove", error: event.error }) },
            },
          },
          after: { removeBudget: { target: "app", actions: { type: "noteOverrun", params: { step: "secret remove" } } } },
        },
        app: {
          description: "Configs and the .env, last for abra: without the .env it can do nothing any more.",
          invoke: {
            id: "removeApp",
            src: "removeApp",
            input: target,
            onDone: "leftovers",
            onError: {
              target: "leftovers",
              actions: { type: "noteError", params: ({ event }) => ({ step: "app remove", error: event.error }) },
            },
          },
          after: { removeBudget: { target: "leftovers", actions: { type: "noteOverrun", params: { step: "app remove" } } } },
        },
        leftovers: {
          description: "Whatever is still listed goes by exact name, without abra.",
          invoke: {
            id: "removeLeftovers",
            src: "removeLeftovers",
            input: target,
            onDone: "#teardown.verifying",
            onError: {
              target: "#teardown.verifying",
              actions: { type: "noteError", params: ({ event }) => ({ step: "leftovers", error: event.error }) },
            },
          },
          after: {
            removeBudget: {
              target: "#teardown.verifying",
              actions: { type: "noteOverrun", params: { step: "leftovers" } },
            },
          },
        },
      },
    },
    verifying: {
      description: "Believes nobody's exit code: lists everything that carries the app's name.",
      entry: "countRound",
      invoke: {
        id: "listResidue",
        src: "listResidue",
        input: target,
        onDone: [
          {
            guard: { type: "isNothingLeft", params: ({ event }) => ({ residue: event.output }) },
            target: "clean",
            actions: { type: "keepResidue", params: ({ event }) => ({ residue: event.output }) },
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
    clean: { type: "final", description: "Nothing on the host carries the app's name." },
    dirty: { type: "final", description: "Something is left, named in the output." },
  },
});
