import { assign, setup } from "xstate";
import { judgeStack } from "../convergence/judge-stack.js";
import { whyUnsteady } from "../convergence/judge-steady.js";
import { follow, lookAfter, watchFromNow, type StackWatch } from "../convergence/stack-watch.js";
import type { StackSnapshot } from "../convergence/stack.types.js";
import { asFailure, failureFrom } from "../errors.js";
import { reachFailure } from "../reach.js";
import type { Failure } from "../vocabulary.js";
import { overrunFailure, type DeployPhase } from "./deploy-overrun.js";
import { deployPorts } from "./deploy.ports.js";
import type { DeployContext, DeployEvent, DeployInput, DeployOutput, ProbeTry } from "./deploy.types.js";

const noFailureNamed = asFailure({
  code: "internal",
  message: "the deploy failed without saying why",
  hint: "This is a bug of recipe-ci. Report it with the run's log.",
});

const watchAfter = (context: DeployContext, look: StackSnapshot | null): StackWatch =>
  look === null ? context.watch : follow(context.watch, look, context.settings.convergence);

/** What ends the wait for a stack to settle, or null. */
const whyNever = (context: DeployContext, look: StackSnapshot | null): Failure | null => {
  const judgement = judgeStack(watchAfter(context, look), context.settings.convergence);
  if (judgement.kind === "failed") return judgement.failure;
  return look === null ? null : reachFailure(context.app, context.settings.reach, look);
};

/** Why a stack that had settled is not as it was, or null. */
const whyNotSteady = ({ watch, settled, settings }: DeployContext, look: StackSnapshot | null): Failure | null =>
  look === null || settled === null ? null : whyUnsteady({ watch, settled }, look, settings.convergence, "probing");

/**
 * Brings one app up: created, configured, images at hand, submitted, settled, answering.
 *
 * Invariants: `up` is entered only while the app answers and the stack is as it settled. Whether abra called the
 * deploy a success never decides anything.
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
    keepOverrun: assign({ failure: ({ context }, params: { phase: DeployPhase }) => overrunFailure(params.phase, context) }),
    keepLook: assign(({ context }, params: { look: StackSnapshot | null }) => ({ watch: watchAfter(context, params.look), unreadable: null })),
    keepSettled: assign(({ context }, params: { look: StackSnapshot | null }) => ({ watch: watchAfter(context, params.look), settled: params.look })),
    keepNever: assign({ failure: ({ context }, params: { look: StackSnapshot | null }) => whyNever(context, params.look) ?? context.failure }),
    keepUnsteady: assign({ failure: ({ context }, params: { look: StackSnapshot | null }) => whyNotSteady(context, params.look) ?? context.failure }),
    keepEvidence: assign({
      failure: ({ context }, params: { lines: readonly string[] }) =>
        context.failure === null ? null : { ...context.failure, details: [...context.failure.details, ...params.lines] },
    }),
    keepTry: assign({ tried: (_, params: { tried: ProbeTry }) => params.tried }),
    keepGiven: assign({ failure: (_, params: { failure: Failure }) => params.failure }),
    keepUnreadable: assign({ unreadable: (_, params: { failure: Failure }) => params.failure }),
    keepImages: assign({ images: (_, params: { images: readonly string[] }) => params.images }),
    keepUrl: assign({ url: (_, params: { url: string }) => params.url }),
  },
  guards: {
    isSettled: ({ context }, params: { look: StackSnapshot | null }) =>
      judgeStack(watchAfter(context, params.look), context.settings.convergence).kind === "settled",
    isNever: ({ context }, params: { look: StackSnapshot | null }) => whyNever(context, params.look) !== null,
    isUnsteady: ({ context }, params: { look: StackSnapshot | null }) => whyNotSteady(context, params.look) !== null,
  },
  delays: {
    createBudget: ({ context }) => context.budgets.create,
    configureBudget: ({ context }) => context.budgets.configure,
    prepullBudget: ({ context }) => context.budgets.prepull,
    submitBudget: ({ context }) => context.budgets.submit,
    explainBudget: ({ context }) => context.budgets.explain,
    deployTimeout: ({ context }) => context.settings.timeouts.deployMs,
    probeTimeout: ({ context }) => context.settings.timeouts.probeMs,
  },
}).createMachine({
  id: "deploy",
  description: "Brings one app up and believes it only once it answers.",
  context: ({ input }) => ({ ...input, watch: watchFromNow, settled: null, unreadable: null, images: [], failure: null, url: null, tried: null }),
  output: ({ context: { url, watch, settled, failure } }): DeployOutput =>
    url === null || settled === null ? { kind: "failed", failure: failure ?? noFailureNamed } : { kind: "up", url, stack: { watch, settled } },
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
        input: ({ context: { app, settings } }) => ({ app, settings }),
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
        onDone: "watching",
        onError: { target: "failed", actions: { type: "keepFailure", params: ({ event }) => ({ error: event.error }) } },
      },
      after: { submitBudget: { target: "failed", actions: { type: "keepOverrun", params: { phase: "submitting" } } } },
    },
    watching: {
      description: "The stack is looked at from here on, and does not stop being looked at when it has settled.",
      invoke: {
        id: "observe",
        src: "observeStack",
        input: ({ context: { app } }) => ({ app }),
        onError: { target: "explaining", actions: { type: "keepFailure", params: ({ event }) => ({ error: event.error }) } },
      },
      on: {
        "stack.unreadable": {
          description: "The daemon may be restarting: only the timeouts give up.",
          actions: { type: "keepUnreadable", params: ({ event }) => ({ failure: event.failure }) },
        },
      },
      initial: "converging",
      states: {
        converging: {
          description: "Until every service has its tasks, the same ones for as long as the monitor asks. What waiting cannot mend ends it at once.",
          on: {
            "stack.seen": [
              {
                guard: { type: "isNever", params: ({ context, event }) => ({ look: lookAfter(context.watch, event) }) },
                target: "#deploy.explaining",
                actions: { type: "keepNever", params: ({ context, event }) => ({ look: lookAfter(context.watch, event) }) },
              },
              {
                guard: { type: "isSettled", params: ({ context, event }) => ({ look: lookAfter(context.watch, event) }) },
                target: "probing",
                actions: { type: "keepSettled", params: ({ context, event }) => ({ look: lookAfter(context.watch, event) }) },
              },
              { actions: { type: "keepLook", params: ({ context, event }) => ({ look: lookAfter(context.watch, event) }) } },
            ],
          },
          after: { deployTimeout: { target: "#deploy.explaining", actions: { type: "keepOverrun", params: { phase: "converging" } } } },
        },
        probing: {
          description: "Settled is not yet serving: the app must answer at its address, more than once, and no task may die meanwhile.",
          invoke: {
            id: "probe",
            src: "probeApp",
            input: ({ context: { app, settings } }) => ({ app, settings }),
            onError: { target: "#deploy.explaining", actions: { type: "keepFailure", params: ({ event }) => ({ error: event.error }) } },
          },
          on: {
            "stack.seen": [
              {
                guard: { type: "isUnsteady", params: ({ context, event }) => ({ look: lookAfter(context.watch, event) }) },
                target: "#deploy.explaining",
                actions: { type: "keepUnsteady", params: ({ context, event }) => ({ look: lookAfter(context.watch, event) }) },
              },
              { actions: { type: "keepLook", params: ({ context, event }) => ({ look: lookAfter(context.watch, event) }) } },
            ],
            "probe.tried": { actions: { type: "keepTry", params: ({ event }) => ({ tried: event.tried }) } },
            "probe.answered": { target: "#deploy.up", actions: { type: "keepUrl", params: ({ event }) => ({ url: event.url }) } },
            "probe.hopeless": { target: "#deploy.explaining", actions: { type: "keepGiven", params: ({ event }) => ({ failure: event.failure }) } },
          },
          after: { probeTimeout: { target: "#deploy.explaining", actions: { type: "keepOverrun", params: { phase: "probing" } } } },
        },
      },
    },
    explaining: {
      description: "The last words of what is not as it should be, before they are torn down with it.",
      invoke: {
        id: "evidence",
        src: "gatherEvidence",
        input: ({ context: { app, settled } }) => ({ app, settled }),
        onDone: { target: "failed", actions: { type: "keepEvidence", params: ({ event }) => ({ lines: event.output.lines }) } },
        onError: { target: "failed", description: "The failure stands without them." },
      },
      after: { explainBudget: "failed" },
    },
    up: { type: "final", description: "The app answers." },
    failed: { type: "final", description: "The app is not up; the output says why, and what the failing service said last." },
  },
});
