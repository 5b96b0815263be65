import { assign, setup } from "xstate";
import { asFailure, failureFrom } from "../errors.js";
import type { Failure, TestResult } from "../vocabulary.js";
import { testsVerdict } from "./tier-verdict.js";
import { tierPorts } from "./tier.ports.js";
import type { TierContext, TierInput, TierOutput } from "./tier.types.js";

const overrun = (context: TierContext): Failure => asFailure({
  code: "tier-overrun",
  message: `the ${context.tier} tier took longer than ${context.settings.timeouts.tierMs} ms`,
  hint: "Raise timeouts.tier in the recipe's recipe.yml, or find out what hangs: the run's log has the output so far.",
});

/**
 * One tier: its operation once, then its assertions.
 *
 * Invariant: `passed` is entered only from assertions of which none failed, and only if one held.
 */
export const tierMachine = setup({
  types: {
    input: {} as TierInput,
    context: {} as TierContext,
    output: {} as TierOutput,
  },
  actors: tierPorts,
  actions: {
    keepTests: assign({ tests: (_, params: { tests: readonly TestResult[] }) => params.tests }),
    keepFailure: assign({ failure: (_, params: { error: unknown }) => failureFrom(params.error) }),
    keepOverrun: assign({ failure: ({ context }) => overrun(context) }),
  },
  guards: {
    haveAllPassed: (_, params: { tests: readonly TestResult[] }) => testsVerdict(params.tests) === "passed",
  },
  delays: {
    tierBudget: ({ context }) => context.settings.timeouts.tierMs,
  },
}).createMachine({
  id: "tier",
  description: "One tier of the test: an operation done once, then assertions on the running app.",
  context: ({ input }) => ({ ...input, tests: [], failure: null }),
  output: ({ context }) => ({ tier: context.tier, tests: context.tests, failure: context.failure }),
  initial: "operating",
  states: {
    operating: {
      description: "Does what the tier is named after, exactly once.",
      invoke: {
        id: "operate",
        src: "operate",
        input: ({ context: { tier, app, settings, url } }) => ({ tier, app, settings, url }),
        onDone: "asserting",
        onError: { target: "failed", actions: { type: "keepFailure", params: ({ event }) => ({ error: event.error }) } },
      },
      after: { tierBudget: { target: "failed", actions: "keepOverrun" } },
    },
    asserting: {
      description: "The built-in assertions and the recipe's own executables.",
      invoke: {
        id: "runTier",
        src: "runTier",
        input: ({ context: { tier, app, settings, url } }) => ({ tier, app, settings, url }),
        onDone: [
          {
            guard: { type: "haveAllPassed", params: ({ event }) => ({ tests: event.output.tests }) },
            target: "passed",
            actions: { type: "keepTests", params: ({ event }) => ({ tests: event.output.tests }) },
          },
          {
            target: "failed",
            actions: { type: "keepTests", params: ({ event }) => ({ tests: event.output.tests }) },
          },
        ],
        onError: { target: "failed", actions: { type: "keepFailure", params: ({ event }) => ({ error: event.error }) } },
      },
      after: { tierBudget: { target: "failed", actions: "keepOverrun" } },
    },
    passed: { type: "final", description: "Every assertion held." },
    failed: { type: "final", description: "The operation failed, an assertion did, or nothing was asserted." },
  },
});
