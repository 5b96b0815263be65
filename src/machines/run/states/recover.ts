import { recovering, remainsOf } from "../run-context.js";
import { recoveryFailure, unclaimedFailure } from "../run-failures.js";
import { runSetup } from "../run-setup.js";
import { failsInto, overrunsInto } from "./ways-out.js";

export const recover = runSetup.createStateConfig({
  description: "Looks for leftovers, whatever is recorded.",
  initial: "looking",
  states: {
    choosing: {
      description: "The next app of the run; when there is none, what the app needs comes first.",
      always: [
        { guard: "isUnrecovered", target: "looking" },
        { guard: "hasDeps", target: "#run.holding.running.deps" },
        { target: "#run.holding.running.deploy" },
      ],
    },
    looking: {
      description: "Residue of the app, and living processes of its dead runs. The ledger is on disk before anything is done.",
      invoke: {
        id: "findRemains",
        src: "findRemains",
        input: ({ context }) => ({ ...recovering(context), previous: context.recovered === 0 ? context.holder : null }),
        onDone: [
          {
            guard: { type: "isUnclaimed", params: ({ event }) => ({ remains: event.output }) },
            target: "#run.holding.tearingDown",
            description: "Nobody's app by this name is touched: in the ledger it is foreign.",
            actions: {
              type: "settleFailed",
              params: ({ context, event }) => ({ failure: unclaimedFailure(recovering(context).domain, event.output.unclaimed) }),
            },
          },
          {
            guard: { type: "hasRemains", params: ({ event }) => ({ remains: event.output }) },
            target: "cleaning",
            actions: { type: "keepRemains", params: ({ event }) => ({ remains: event.output }) },
          },
          { target: "choosing", actions: "countRecovered" },
        ],
        onError: failsInto("#run.holding.tearingDown"),
      },
      after: { recoverBudget: overrunsInto("#run.holding.tearingDown", "recover") },
    },
    cleaning: {
      description: "The same teardown, with the dead runs' cookies.",
      invoke: {
        id: "recoverTeardown",
        src: "recoverTeardown",
        input: ({ context }) => ({ ...recovering(context), cookies: remainsOf(context).cookies, budgets: context.budgets }),
        onDone: [
          {
            guard: { type: "isOutOfTheWay", params: ({ event }) => ({ cleanliness: event.output.cleanliness }) },
            target: "choosing",
            actions: "countRecovered",
          },
          {
            target: "#run.holding.tearingDown",
            actions: { type: "settleFailed", params: ({ event }) => ({ failure: recoveryFailure(event.output.cleanliness) }) },
          },
        ],
        onError: failsInto("#run.holding.tearingDown"),
      },
      after: { teardownBudget: overrunsInto("#run.holding.tearingDown", "recover") },
    },
  },
});
