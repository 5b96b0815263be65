import { assign, setup } from "xstate";
import { endsCycles } from "../ends-cycles.js";
import { deployMachine } from "../deploy/deploy.machine.js";
import type { DeployInput, DeployOutput } from "../deploy/deploy.types.js";
import { asFailure, failureFrom } from "../errors.js";
import { must } from "../must.js";
import type { Failure } from "../vocabulary.js";
import { depsPorts } from "./deps.ports.js";
import type { DepsContext, DepsInput, DepsOutput, PreparedApp, UpDep } from "./deps.types.js";

/** The next dep to deploy. */
const current = ({ deps }: DepsContext): PreparedApp => must(deps[0], "a dep to deploy");

const inputOf = (context: DepsContext): DeployInput => ({ ...current(context), budgets: context.budgets });

/** The failure of a dep, told as the reason why the recipe under test cannot be tried. */
const ofDep = ({ app }: PreparedApp, failure: Failure): Failure => ({
  ...failure,
  message: `the dep ${app.recipe} (${app.domain}) is not up: ${failure.message}`,
});

const overrun = asFailure({
  code: "deps-handover-overrun",
  message: "what the deps are reached by could not be written down in time",
  hint: "Is the disk of the runs folder broken? The run's log has more.",
});

const upOf = ({ app }: PreparedApp, output: DeployOutput): readonly UpDep[] => (output.kind === "up" ? [{ app, url: output.url }] : []);

/**
 * Deploys the recipes that must run first, in order, and hands over how to reach them.
 *
 * Invariant: a dep is begun only when the one before it answers.
 */
export const depsMachine = setup({
  types: {
    input: {} as DepsInput,
    context: {} as DepsContext,
    output: {} as DepsOutput,
  },
  actors: { ...depsPorts, deploy: deployMachine },
  actions: {
    keepUp: assign(({ context }, params: { output: DeployOutput }) => ({
      ups: [...context.ups, ...upOf(current(context), params.output)],
      deps: context.deps.slice(1),
    })),
    keepDown: assign({
      failure: ({ context }, params: { output: DeployOutput }) =>
        params.output.kind === "failed" ? ofDep(current(context), params.output.failure) : context.failure,
    }),
    keepFailure: assign({ failure: (_, params: { error: unknown }) => failureFrom(params.error) }),
    keepOverrun: assign({ failure: () => overrun }),
  },
  guards: {
    isAnyLeft: ({ context }) => context.deps.length > 0,
    isUp: (_, params: { output: DeployOutput }) => params.output.kind === "up",
  },
  delays: { configureBudget: ({ context }) => context.budgets.configure },
}).createMachine({
  id: "deps",
  description: "The recipes that must run before the app, one after the other.",
  options: endsCycles,
  context: ({ input }) => ({ ...input, ups: [], failure: null }),
  output: ({ context: { failure, ups } }): DepsOutput =>
    failure === null ? { kind: "up", deploys: ups.length } : { kind: "failed", failure },
  initial: "choosing",
  states: {
    choosing: {
      description: "The next one; each needs those before it.",
      always: [{ guard: "isAnyLeft", target: "deploying" }, { target: "handingOver" }],
    },
    deploying: {
      description: "One dep, as any app is deployed. Its waits have budgets of their own.",
      invoke: {
        id: "deploy",
        src: "deploy",
        input: ({ context }) => inputOf(context),
        onDone: [
          {
            guard: { type: "isUp", params: ({ event }) => ({ output: event.output }) },
            target: "choosing",
            actions: { type: "keepUp", params: ({ event }) => ({ output: event.output }) },
          },
          { target: "failed", actions: { type: "keepDown", params: ({ event }) => ({ output: event.output }) } },
        ],
        onError: { target: "failed", actions: { type: "keepFailure", params: ({ event }) => ({ error: event.error }) } },
      },
    },
    handingOver: {
      description: "Where they answer, and what abra generated for them, in a file that the app's hooks and tests may read.",
      invoke: {
        id: "handOver",
        src: "handOver",
        input: ({ context: { ups } }) => ({ ups }),
        onDone: "up",
        onError: { target: "failed", actions: { type: "keepFailure", params: ({ event }) => ({ error: event.error }) } },
      },
      after: { configureBudget: { target: "failed", actions: "keepOverrun" } },
    },
    up: { type: "final", description: "All of them answer." },
    failed: { type: "final", description: "One does not; the output says which and why." },
  },
});
