import { assign, setup } from "xstate";
import { endsCycles } from "../ends-cycles.js";
import { failureFrom } from "../errors.js";
import { must } from "../must.js";
import { joinCleanliness } from "../teardown/join-cleanliness.js";
import { teardownMachine } from "../teardown/teardown.machine.js";
import type { TeardownInput, TeardownOutput, TeardownTarget } from "../teardown/teardown.types.js";
import type { Cleanliness } from "../vocabulary.js";
import type { TeardownsContext, TeardownsInput, TeardownsOutput } from "./teardowns.types.js";

/** The next app to tear down. */
const current = ({ targets }: TeardownsContext): TeardownTarget => must(targets[0], "an app to tear down");

const inputOf = (context: TeardownsContext): TeardownInput => ({ ...current(context), cookies: context.cookies, budgets: context.budgets });

const unfinished = (context: TeardownsContext): Cleanliness => ({
  kind: "dirty",
  residue: [{ kind: "service", name: `${current(context).stack} (teardown did not finish)` }],
});

/**
 * Removes all apps of a run, one after the other: the app first, then what it needed, last in, first out.
 *
 * Invariant: each of them is torn down once, however those before it ended.
 */
export const teardownsMachine = setup({
  types: {
    input: {} as TeardownsInput,
    context: {} as TeardownsContext,
    output: {} as TeardownsOutput,
  },
  actors: { teardown: teardownMachine },
  actions: {
    keepEnd: assign(({ context }, params: { output: TeardownOutput }) => ({
      done: [...context.done, params.output.cleanliness],
      troubles: [...context.troubles, ...params.output.troubles],
      targets: context.targets.slice(1),
    })),
    assumeDirty: assign(({ context }, params: { why: string }) => ({
      done: [...context.done, unfinished(context)],
      troubles: [...context.troubles, `${current(context).domain}: ${params.why}`],
      targets: context.targets.slice(1),
    })),
  },
  guards: { isAnyLeft: ({ context }) => context.targets.length > 0 },
  delays: {
    /** An equal share of the whole budget: one that hangs leaves the others their time, and CI's limit applies to all together. */
    shareOfBudget: ({ context: { budgets, apps } }) => budgets.teardown / apps,
  },
}).createMachine({
  id: "teardowns",
  description: "Removes all apps of a run, one after the other: last in, first out.",
  options: endsCycles,
  context: ({ input }) => ({ ...input, apps: input.targets.length, done: [], troubles: [] }),
  output: ({ context: { done, troubles } }) => ({ cleanliness: joinCleanliness(done), troubles }),
  initial: "choosing",
  states: {
    choosing: {
      description: "The next one, whatever became of the last.",
      always: [{ guard: "isAnyLeft", target: "tearingDown" }, { target: "finished" }],
    },
    tearingDown: {
      description: "One app, by the one teardown.",
      invoke: {
        id: "teardown",
        src: "teardown",
        input: ({ context }) => inputOf(context),
        onDone: { target: "choosing", actions: { type: "keepEnd", params: ({ event }) => ({ output: event.output }) } },
        onError: {
          target: "choosing",
          actions: { type: "assumeDirty", params: ({ event }) => ({ why: failureFrom(event.error).message }) },
        },
      },
      after: { shareOfBudget: { target: "choosing", actions: { type: "assumeDirty", params: { why: "the teardown took too long" } } } },
    },
    finished: { type: "final", description: "What all of them came to is in the output." },
  },
});
