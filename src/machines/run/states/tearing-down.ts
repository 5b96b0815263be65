import { targetsOf } from "../run-context.js";
import { runSetup } from "../run-setup.js";
import { ignoredWhileTearingDown } from "./ignored.js";

export const tearingDown = runSetup.createStateConfig({
  description: "Nothing interrupts it: stops and lock events are noted and change nothing. It has budgets of its own.",
  tags: ["uninterruptible", "holds-lock"],
  on: ignoredWhileTearingDown,
  initial: "cleaning",
  states: {
    reclaiming: {
      description: "The lock file was replaced under us: only who holds the live one may touch the app.",
      invoke: {
        id: "reclaimLock",
        src: "reclaimLock",
        input: ({ context }) => ({ domains: targetsOf(context).map(({ domain }) => domain) }),
        onDone: [
          { guard: { type: "isOurs", params: ({ event }) => ({ answer: event.output }) }, target: "cleaning" },
          { target: "#run.reporting", description: "Another run owns the app now; its recovery cleans." },
        ],
        onError: {
          target: "#run.reporting",
          actions: { type: "noteIgnored", params: { what: "the lock could not be reclaimed" } },
        },
      },
      after: { drainBudget: "#run.reporting" },
    },
    cleaning: {
      description: "Every app of the run by the one teardown: the app, then what it needed.",
      invoke: {
        id: "teardowns",
        src: "teardowns",
        input: ({ context }) => ({ targets: targetsOf(context), cookies: [], budgets: context.budgets }),
        onDone: {
          target: "#run.reporting",
          actions: { type: "keepCleanliness", params: ({ event }) => ({ cleanliness: event.output.cleanliness }) },
        },
        onError: { target: "#run.reporting", actions: "assumeDirty" },
      },
      after: { teardownBudget: { target: "#run.reporting", actions: "assumeDirty" } },
    },
  },
});
