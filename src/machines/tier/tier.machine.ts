import { cutIn } from "../time-left.js";
import { looked, settleInput, tierOf, tierSetup } from "./tier-setup.js";
import { tierBug } from "./tier-failures.js";

/** While nothing changes the stack, it must stay as it was when it settled. */
const watchedAs = (id: string) =>
  tierSetup.createStateConfig({
    invoke: {
      id,
      src: "observeStack",
      input: ({ context: { app } }) => ({ app }),
      onError: { description: "The port speaks in events; should it break, the run's last look still judges." },
    },
    on: {
      "stack.seen": [
        { guard: { type: "isShaken", params: looked }, target: "#tier.explaining", actions: { type: "failShaken", params: looked } },
        { actions: { type: "keepLook", params: looked } },
      ],
    },
  });

/**
 * One tier: the hook before, its operation once, settling again if that changed the stack, its assertions, the hook after.
 *
 * Invariants: it passes only if at least one assertion held and none failed, and only if nothing of the stack died
 * while it was only looked at. Nobody watches during the operation, which replaces tasks on purpose. A tier has a time
 * limit of its own and never more than the run's deadline leaves. If the deadline cuts it, it has shown nothing.
 */
export const tierMachine = tierSetup.createMachine({
  id: "tier",
  description: "One tier of the test: hooks, an operation done once, a stack that has settled again, assertions on the running app.",
  context: ({ input }) => ({ ...input, tests: [], outcome: null }),
  output: ({ context: { tier, tests, outcome, facts, up } }) => ({
    result: { tier, tests, outcome: outcome ?? { kind: "fail", failure: tierBug } },
    facts,
    up,
  }),
  invoke: {
    id: "time",
    src: "watchTime",
    input: ({ context: { tier, settings } }) => ({ work: `the ${tier} tier`, ownMs: settings.timeouts.tierMs, asksFirst: true }),
    onError: { description: "The port speaks in events; should it break, the run's own deadline still ends the tier." },
  },
  initial: "beginning",
  states: {
    beginning: {
      description: "What the deadline leaves: a tier that cannot come to its end in that is not begun.",
      on: {
        "time.left": [
          { guard: { type: "isEnough", params: ({ event }) => ({ ms: event.ms }) }, target: "before" },
          { target: "ended", actions: { type: "leaveOut", params: ({ event }) => ({ ms: event.ms }) } },
        ],
      },
      after: { lookBudget: "before" },
    },
    before: {
      ...watchedAs("watchBefore"),
      description: "The hook pre_‹tier›, where there is one.",
      initial: "hook",
      states: {
        hook: {
          description: "It may seed data, and leaves the stack alone.",
          invoke: {
            id: "preHook",
            src: "runHook",
            input: ({ context }) => ({ ...tierOf({ context }), when: "pre" as const }),
            onDone: "#tier.operating",
            onError: { target: "#tier.explaining", actions: { type: "failBy", params: ({ event }) => ({ error: event.error }) } },
          },
          on: { "time.over": cutIn("#tier.explaining", { step: "hook" }) },
          after: { hookBudget: { target: "#tier.explaining", actions: { type: "failOverrun", params: { step: "hook" } } } },
        },
      },
    },
    operating: {
      description: "Does what the tier is named after, exactly once.",
      invoke: {
        id: "operate",
        src: "operate",
        input: tierOf,
        onDone: [
          {
            guard: "changesStack",
            target: "settling",
            actions: { type: "keepFacts", params: ({ event }) => ({ facts: event.output }) },
          },
          { target: "asserting", actions: { type: "keepFacts", params: ({ event }) => ({ facts: event.output }) } },
        ],
        onError: { target: "explaining", actions: { type: "failBy", params: ({ event }) => ({ error: event.error }) } },
      },
      on: { "time.over": cutIn("#tier.explaining", { step: "operation" }) },
      after: { tierBudget: { target: "explaining", actions: { type: "failOverrun", params: { step: "operation" } } } },
    },
    settling: {
      description: "As after a deploy: settled, answering. Its waits have budgets of their own, and it explains itself.",
      invoke: {
        id: "settle",
        src: "settle",
        input: settleInput,
        onDone: [
          {
            guard: { type: "isUp", params: ({ event }) => ({ output: event.output }) },
            target: "asserting",
            actions: { type: "keepUp", params: ({ event }) => ({ output: event.output }) },
          },
          { target: "ended", actions: { type: "failUnsettled", params: ({ event }) => ({ output: event.output }) } },
        ],
        onError: { target: "ended", actions: { type: "failBy", params: ({ event }) => ({ error: event.error }) } },
      },
    },
    asserting: {
      ...watchedAs("watch"),
      description: "Only looks: whatever dies meanwhile fails the tier.",
      initial: "testing",
      states: {
        testing: {
          description: "The built-in assertions and the recipe's own executables.",
          invoke: {
            id: "runTier",
            src: "runTier",
            input: tierOf,
            onDone: [
              {
                guard: { type: "havePassed", params: ({ event }) => ({ tests: event.output.tests }) },
                target: "hook",
                actions: { type: "keepTests", params: ({ event }) => ({ tests: event.output.tests }) },
              },
              {
                target: "#tier.explaining",
                actions: { type: "keepTests", params: ({ event }) => ({ tests: event.output.tests }) },
              },
            ],
            onError: { target: "#tier.explaining", actions: { type: "failBy", params: ({ event }) => ({ error: event.error }) } },
          },
          on: { "time.over": cutIn("#tier.explaining", { step: "assertions" }) },
          after: { tierBudget: { target: "#tier.explaining", actions: { type: "failOverrun", params: { step: "assertions" } } } },
        },
        hook: {
          description: "The hook post_‹tier›, where there is one.",
          invoke: {
            id: "postHook",
            src: "runHook",
            input: ({ context }) => ({ ...tierOf({ context }), when: "post" as const }),
            onDone: [
              { guard: "isUnchanged", target: "#tier.ended" },
              { target: "#tier.explaining", actions: "failChanged" },
            ],
            onError: { target: "#tier.explaining", actions: { type: "failBy", params: ({ event }) => ({ error: event.error }) } },
          },
          on: { "time.over": cutIn("#tier.explaining", { step: "hook" }) },
          after: { hookBudget: { target: "#tier.explaining", actions: { type: "failOverrun", params: { step: "hook" } } } },
        },
      },
    },
    explaining: {
      description: "The last words of what is not as it should be, before they are torn down with it.",
      invoke: {
        id: "evidence",
        src: "gatherEvidence",
        input: ({ context: { app, up } }) => ({ app, settled: up.stack.settled, since: up.stack.watch.firstAt }),
        onDone: { target: "ended", actions: { type: "keepEvidence", params: ({ event }) => ({ evidence: event.output }) } },
        onError: { target: "ended", description: "The failure stands without them." },
      },
      after: { explainBudget: "ended" },
    },
    ended: { type: "final", description: "The outcome is in the output: passed, failed, or nothing was shown." },
  },
});
