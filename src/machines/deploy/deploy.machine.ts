import { assign, setup } from "xstate";
import { asFailure, bugFailure, failureFrom } from "../errors.js";
import { cutFailure } from "../out-of-time.js";
import { settleMachine } from "../settle/settle.machine.js";
import type { Up } from "../settle/settle.types.js";
import { cutIn, type TimeEvent } from "../time-left.js";
import type { Failure } from "../vocabulary.js";
import { deployPorts } from "./deploy.ports.js";
import type { DeployContext, DeployInput, DeployOutput } from "./deploy.types.js";

type DeployPhase = "creating" | "configuring" | "prepulling" | "submitting";

const hints: Readonly<Partial<Record<DeployPhase, string>>> = {
  prepulling: "Pull the images by hand once, or check the registry's rate limit.",
};

const overrun = (phase: DeployPhase, { app }: DeployContext): Failure =>
  asFailure({
    code: `deploy-${phase}-overrun`,
    message: `${app.domain} was not up in time: ${phase} took too long`,
    hint: hints[phase] ?? "The run's log has what abra and docker said.",
  });

const cutFailureOf = (phase: DeployPhase, { app }: DeployContext, ms: number): Failure =>
  cutFailure(`the deploy of ${app.domain}`, ms, `${phase} did not end in that`);

const noFailureNamed = bugFailure("the deploy failed without saying why");

/**
 * Brings one app up at one version: created, configured, images at hand, submitted, settled, answering.
 *
 * Invariant: `up` is entered only if the settle machine ended in its own `up`.
 */
export const deployMachine = setup({
  types: {
    input: {} as DeployInput,
    context: {} as DeployContext,
    events: {} as TimeEvent,
    output: {} as DeployOutput,
  },
  actors: { ...deployPorts, settle: settleMachine },
  actions: {
    keepFailure: assign({ failure: (_, params: { error: unknown }) => failureFrom(params.error) }),
    keepGiven: assign({
      failure: (_, params: { output: DeployOutput }) => (params.output.kind === "failed" ? params.output.failure : noFailureNamed),
    }),
    keepOverrun: assign({ failure: ({ context }, params: { phase: DeployPhase }) => overrun(params.phase, context) }),
    cut: assign({ failure: ({ context }, params: { phase: DeployPhase; ms: number }) => cutFailureOf(params.phase, context, params.ms) }),
    keepImages: assign({ images: (_, params: { images: readonly string[] }) => params.images }),
    keepUp: assign({ up: (_, params: { output: DeployOutput }): Up | null => (params.output.kind === "up" ? params.output : null) }),
  },
  guards: {
    isUp: (_, params: { output: DeployOutput }) => params.output.kind === "up",
  },
  delays: {
    createBudget: ({ context }) => context.budgets.create,
    configureBudget: ({ context }) => context.budgets.configure,
    prepullBudget: ({ context }) => context.budgets.prepull,
    submitBudget: ({ context }) => context.budgets.submit,
  },
}).createMachine({
  id: "deploy",
  description: "Brings one app up and believes it only once it answers.",
  context: ({ input }) => ({ ...input, images: [], failure: null, up: null }),
  output: ({ context: { up, failure } }): DeployOutput =>
    up === null ? { kind: "failed", failure: failure ?? noFailureNamed } : { kind: "up", url: up.url, stack: up.stack },
  invoke: {
    id: "time",
    src: "watchTime",
    input: ({ context: { app, settings } }) => ({
      work: `the deploy of ${app.domain}`,
      ownMs: settings.timeouts.deployMs,
      asksFirst: false,
    }),
    onError: { description: "The port speaks in events; should it break, the run's own deadline still ends the deploy." },
  },
  initial: "creating",
  states: {
    creating: {
      description: "abra app new. From here on the host carries the app's name.",
      invoke: {
        id: "create",
        src: "createApp",
        input: ({ context: { app, version } }) => ({ app, version }),
        onDone: "configuring",
        onError: { target: "failed", actions: { type: "keepFailure", params: ({ event }) => ({ error: event.error }) } },
      },
      on: { "time.over": cutIn("failed", { phase: "creating" }) },
      after: { createBudget: { target: "failed", actions: { type: "keepOverrun", params: { phase: "creating" } } } },
    },
    configuring: {
      description: "The recipe back at its version (abra moved it), the overlay, the .env, the secrets.",
      invoke: {
        id: "configure",
        src: "configureApp",
        input: ({ context: { app, settings, version } }) => ({ app, settings, version }),
        onDone: {
          target: "prepulling",
          actions: { type: "keepImages", params: ({ event }) => ({ images: event.output.images }) },
        },
        onError: { target: "failed", actions: { type: "keepFailure", params: ({ event }) => ({ error: event.error }) } },
      },
      on: { "time.over": cutIn("failed", { phase: "configuring" }) },
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
      on: { "time.over": cutIn("failed", { phase: "prepulling" }) },
      after: { prepullBudget: { target: "failed", actions: { type: "keepOverrun", params: { phase: "prepulling" } } } },
    },
    submitting: {
      description: "abra app deploy, without abra's own wait: it is impatient and no judge.",
      invoke: {
        id: "submit",
        src: "submitDeploy",
        input: ({ context: { app } }) => ({ app }),
        onDone: "settling",
        onError: { target: "failed", actions: { type: "keepFailure", params: ({ event }) => ({ error: event.error }) } },
      },
      on: { "time.over": cutIn("failed", { phase: "submitting" }) },
      after: { submitBudget: { target: "failed", actions: { type: "keepOverrun", params: { phase: "submitting" } } } },
    },
    settling: {
      description: "Until the stack has settled and the app answers. Its waits have budgets of their own.",
      invoke: {
        id: "settle",
        src: "settle",
        input: ({ context: { app, settings, budgets } }) => ({ app, settings, budgets, during: "its deploy", asked: null }),
        onDone: [
          {
            guard: { type: "isUp", params: ({ event }) => ({ output: event.output }) },
            target: "up",
            actions: { type: "keepUp", params: ({ event }) => ({ output: event.output }) },
          },
          { target: "failed", actions: { type: "keepGiven", params: ({ event }) => ({ output: event.output }) } },
        ],
        onError: { target: "failed", actions: { type: "keepFailure", params: ({ event }) => ({ error: event.error }) } },
      },
    },
    up: { type: "final", description: "The app answers." },
    failed: { type: "final", description: "The app is not up; the output says why, and what the failing service said last." },
  },
});
