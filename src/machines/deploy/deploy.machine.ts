import { assign, setup } from "xstate";
import { judgeStack } from "../convergence.js";
import { failureFrom } from "../errors.js";
import type { Failure } from "../vocabulary.js";
import { overrunFailure } from "./deploy-overrun.js";
import { deployPorts } from "./deploy.ports.js";
import type { DeployContext, DeployEvent, DeployInput, DeployOutput, StackSnapshot } from "./deploy.types.js";

const noFailureNamed: Failure = {
  code: "internal",
  message: "the deploy failed without saying why",
  hint: "This is a bug of recipe-ci. Report it with the run's log.",
  exitCode: 70,
  details: [],
};

/**
 * Brings one app up: created, configured, images at hand, submitted, converged, answering.
 *
 * Invariant: `up` is entered only from a probe that the app answered. Whether abra called the deploy a success
 * never decides anything.
 */
export const deployMachine = setup({
  types: {
    input: {} as DeployInput,
    context: {} as DeployContext,
    events: {} as DeployEvent,
    output: {} as DeployOutput,
  },
  actors: deployPorts,
  actions: {
    keepFailure: assign({ failure: (_, params: { error: unknown }) => failureFrom(params.error) }),
    keepOverrun: assign({ failure: ({ context }, params: { phase: string }) => overrunFailure(params.phase, context) }),
    keepSnapshot: assign({ snapshot: (_, params: { snapshot: StackSnapshot }) => params.snapshot, unreadable: null }),
    keepJudgement: assign({
      failure: ({ context }, params: { snapshot: StackSnapshot }) => {
        const judgement = judgeStack(params.snapshot);
        return judgement.kind === "failed" ? judgement.failure : context.failure;
      },
    }),
    keepUnreadable: assign({ unreadable: (_, params: { failure: Failure }) => params.failure }),
    keepImages: assign({ images: (_, params: { images: readonly string[] }) => params.images }),
    keepUrl: assign({ url: (_, params: { url: string }) => params.url }),
  },
  guards: {
    isSettled: (_, params: { snapshot: StackSnapshot }) => judgeStack(params.snapshot).kind === "settled",
    isBroken: (_, params: { snapshot: StackSnapshot }) => judgeStack(params.snapshot).kind === "failed",
  },
  delays: {
    createBudget: ({ context }) => context.budgets.create,
    configureBudget: ({ context }) => context.budgets.configure,
    prepullBudget: ({ context }) => context.budgets.prepull,
    submitBudget: ({ context }) => context.budgets.submit,
    deployTimeout: ({ context }) => context.settings.timeouts.deployMs,
    probeTimeout: ({ context }) => context.settings.timeouts.probeMs,
  },
}).createMachine({
  id: "deploy",
  description: "Brings one app up and believes it only once it answers.",
  context: ({ input }) => ({ ...input, snapshot: null, unreadable: null, images: [], failure: null, url: null }),
  output: ({ context }): DeployOutput =>
    context.url === null
      ? { kind: "failed", failure: context.failure ?? noFailureNamed }
      : { kind: "up", url: context.url },
  initial: "creating",
  states: {
    creating: {
      description: "abra app new. From here on the host carries the app's name.",
      invoke: {
        id: "create",
        src: "createApp",
        input: ({ context: { app } }) => ({ app }),
        onDone: "configuring",
        onError: { target: "failed", actions: { type: "keepFailure", params: ({ event }) => ({ error: event.error }) } },
      },
      after: { createBudget: { target: "failed", actions: { type: "keepOverrun", params: { phase: "creating" } } } },
    },
    configuring: {
      description: "The recipe back at its ref (abra moved it), the overlay, the .env, the secrets.",
      invoke: {
        id: "configure",
        src: "configureApp",
        input: ({ context: { app } }) => ({ app }),
        onDone: {
          target: "prepulling",
          actions: { type: "keepImages", params: ({ event }) => ({ images: event.output.images }) },
        },
        onError: { target: "failed", actions: { type: "keepFailure", params: ({ event }) => ({ error: event.error }) } },
      },
      after: { configureBudget: { target: "failed", actions: { type: "keepOverrun", params: { phase: "configuring" } } } },
    },
    prepulling: {
      description: "A slow registry must not look like an app that does not converge.",
      invoke: {
        id: "prepull",
        src: "prepullImages",
        input: ({ context: { images } }) => ({ images }),
        onDone: "submitting",
        onError: { target: "failed", actions: { type: "keepFailure", params: ({ event }) => ({ error: event.error }) } },
      },
      after: { prepullBudget: { target: "failed", actions: { type: "keepOverrun", params: { phase: "prepulling" } } } },
    },
    submitting: {
      description: "abra app deploy, without abra's own wait: it is impatient and no judge.",
      invoke: {
        id: "submit",
        src: "submitDeploy",
        input: ({ context: { app } }) => ({ app }),
        onDone: "converging",
        onError: { target: "failed", actions: { type: "keepFailure", params: ({ event }) => ({ error: event.error }) } },
      },
      after: { submitBudget: { target: "failed", actions: { type: "keepOverrun", params: { phase: "submitting" } } } },
    },
    converging: {
      description: "Watches the stack until every service runs as often as wanted and no update moves. A crash loop ends it at once.",
      invoke: {
        id: "observe",
        src: "observeStack",
        input: ({ context: { app } }) => ({ app }),
        onError: { target: "failed", actions: { type: "keepFailure", params: ({ event }) => ({ error: event.error }) } },
      },
      on: {
        "stack.seen": [
          {
            guard: { type: "isBroken", params: ({ event }) => ({ snapshot: event.snapshot }) },
            target: "failed",
            actions: [
              { type: "keepSnapshot", params: ({ event }) => ({ snapshot: event.snapshot }) },
              { type: "keepJudgement", params: ({ event }) => ({ snapshot: event.snapshot }) },
            ],
          },
          {
            guard: { type: "isSettled", params: ({ event }) => ({ snapshot: event.snapshot }) },
            target: "probing",
            actions: { type: "keepSnapshot", params: ({ event }) => ({ snapshot: event.snapshot }) },
          },
          { actions: { type: "keepSnapshot", params: ({ event }) => ({ snapshot: event.snapshot }) } },
        ],
        "stack.unreadable": {
          description: "The daemon may be restarting: only the timeout gives up.",
          actions: { type: "keepUnreadable", params: ({ event }) => ({ failure: event.failure }) },
        },
      },
      after: { deployTimeout: { target: "failed", actions: { type: "keepOverrun", params: { phase: "converging" } } } },
    },
    probing: {
      description: "Converged is not yet serving: the app must answer at its address, more than once.",
      invoke: {
        id: "probe",
        src: "probeApp",
        input: ({ context: { app, settings } }) => ({ app, settings }),
        onDone: { target: "up", actions: { type: "keepUrl", params: ({ event }) => ({ url: event.output.url }) } },
        onError: { target: "failed", actions: { type: "keepFailure", params: ({ event }) => ({ error: event.error }) } },
      },
      after: { probeTimeout: { target: "failed", actions: { type: "keepOverrun", params: { phase: "probing" } } } },
    },
    up: { type: "final", description: "The app answers." },
    failed: { type: "final", description: "The app is not up; the output says why, and what the failing service said last." },
  },
});
