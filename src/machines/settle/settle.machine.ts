import { assign, setup } from "xstate";
import { lookAfter, watchFromNow, watchOf } from "../convergence/stack-watch.js";
import type { StackSnapshot } from "../convergence/stack.types.js";
import { bugFailure, failureFrom, withEvidence, type Evidence } from "../errors.js";
import { cutIn } from "../time-left.js";
import type { Failure } from "../vocabulary.js";
import { settleCut, settleOverrun, type SettlePhase } from "./settle-overrun.js";
import { settlePorts } from "./settle.ports.js";
import { hasSettled, watchAfter, whyNever, whyNotSteady } from "./settle-rules.js";
import type { ProbeTry, SettleContext, SettleEvent, SettleInput, SettleOutput } from "./settle.types.js";

const noFailureNamed = bugFailure("the app did not come up, and nothing said why");

/** What every rule about a look at the stack is given. */
const looked = ({ context, event }: { context: SettleContext; event: Extract<SettleEvent, { type: "stack.seen" }> }) => ({
  look: lookAfter(context.watch, event),
});

/**
 * Waits until a changed stack has settled and the app answers: after a deploy, and after each tier that changes the stack.
 *
 * Invariants: `up` is entered only while the app answers and the stack is as it was when it settled. What abra said of the
 * change decides nothing.
 */
export const settleMachine = setup({
  types: {
    input: {} as SettleInput,
    context: {} as SettleContext,
    events: {} as SettleEvent,
    output: {} as SettleOutput,
  },
  actors: settlePorts,
  actions: {
    keepFailure: assign({ failure: (_, params: { error: unknown }) => failureFrom(params.error) }),
    keepOverrun: assign({ failure: ({ context }, params: { phase: SettlePhase }) => settleOverrun(params.phase, context) }),
    cut: assign({ failure: ({ context }, params: { phase: SettlePhase; ms: number }) => settleCut(params.phase, context, params.ms) }),
    keepLook: assign(({ context }, params: { look: StackSnapshot | null }) => ({
      watch: watchAfter(context, params.look),
      unreadable: null,
    })),
    keepSettled: assign(({ context }, params: { look: StackSnapshot | null }) => ({
      watch: watchAfter(context, params.look),
      settled: params.look,
    })),
    keepNever: assign({
      failure: ({ context }, params: { look: StackSnapshot | null }) => whyNever(context, params.look) ?? context.failure,
    }),
    keepUnsteady: assign({
      failure: ({ context }, params: { look: StackSnapshot | null }) => whyNotSteady(context, params.look) ?? context.failure,
    }),
    keepEvidence: assign({
      failure: ({ context }, params: { evidence: Evidence }) =>
        context.failure === null ? null : withEvidence(context.failure, params.evidence),
    }),
    keepTry: assign({ tried: (_, params: { tried: ProbeTry }) => params.tried }),
    keepGiven: assign({ failure: (_, params: { failure: Failure }) => params.failure }),
    keepUnreadable: assign({ unreadable: (_, params: { failure: Failure }) => params.failure }),
    keepUrl: assign({ url: (_, params: { url: string }) => params.url }),
  },
  guards: {
    isSettled: ({ context }, params: { look: StackSnapshot | null }) => hasSettled(context, params.look),
    isNever: ({ context }, params: { look: StackSnapshot | null }) => whyNever(context, params.look) !== null,
    isUnsteady: ({ context }, params: { look: StackSnapshot | null }) => whyNotSteady(context, params.look) !== null,
  },
  delays: {
    deployTimeout: ({ context }) => context.settings.timeouts.deployMs,
    probeTimeout: ({ context }) => context.settings.timeouts.probeMs,
    explainBudget: ({ context }) => context.budgets.explain,
  },
}).createMachine({
  id: "settle",
  description: "Waits until a stack that was changed has settled, and believes it only once the app answers.",
  context: ({ input }) => ({
    ...input,
    watch: input.asked === null ? watchFromNow : watchOf(input.asked),
    settled: null,
    unreadable: null,
    failure: null,
    url: null,
    tried: null,
  }),
  output: ({ context: { url, watch, settled, failure } }): SettleOutput =>
    url === null || settled === null
      ? { kind: "failed", failure: failure ?? noFailureNamed }
      : { kind: "up", url, stack: { watch, settled } },
  invoke: {
    id: "time",
    src: "watchTime",
    input: ({ context: { app, settings } }) => ({
      work: `the wait for ${app.domain} to settle`,
      ownMs: settings.timeouts.deployMs,
      asksFirst: false,
    }),
    onError: { description: "The port speaks in events; should it break, the run's own deadline still ends the wait." },
  },
  initial: "watching",
  states: {
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
          description:
            "Until every service has its tasks, the same ones for as long as the monitor asks. What waiting cannot mend ends it at once.",
          on: {
            "stack.seen": [
              { guard: { type: "isNever", params: looked }, target: "#settle.explaining", actions: { type: "keepNever", params: looked } },
              { guard: { type: "isSettled", params: looked }, target: "probing", actions: { type: "keepSettled", params: looked } },
              { actions: { type: "keepLook", params: looked } },
            ],
            "time.over": cutIn("#settle.explaining", { phase: "converging" }),
          },
          after: { deployTimeout: { target: "#settle.explaining", actions: { type: "keepOverrun", params: { phase: "converging" } } } },
        },
        probing: {
          description: "Settled is not yet serving: the app must answer at its address, more than once, and no task may die meanwhile.",
          invoke: {
            id: "probe",
            src: "probeApp",
            input: ({ context: { app, settings } }) => ({ app, settings }),
            onError: { target: "#settle.explaining", actions: { type: "keepFailure", params: ({ event }) => ({ error: event.error }) } },
          },
          on: {
            "stack.seen": [
              {
                guard: { type: "isUnsteady", params: looked },
                target: "#settle.explaining",
                actions: { type: "keepUnsteady", params: looked },
              },
              { actions: { type: "keepLook", params: looked } },
            ],
            "time.over": cutIn("#settle.explaining", { phase: "probing" }),
            "probe.tried": { actions: { type: "keepTry", params: ({ event }) => ({ tried: event.tried }) } },
            "probe.answered": { target: "#settle.up", actions: { type: "keepUrl", params: ({ event }) => ({ url: event.url }) } },
            "probe.hopeless": {
              target: "#settle.explaining",
              actions: { type: "keepGiven", params: ({ event }) => ({ failure: event.failure }) },
            },
          },
          after: { probeTimeout: { target: "#settle.explaining", actions: { type: "keepOverrun", params: { phase: "probing" } } } },
        },
      },
    },
    explaining: {
      description: "The last words of what is not as it should be, before they are torn down with it.",
      invoke: {
        id: "evidence",
        src: "gatherEvidence",
        input: ({ context: { app, settled, watch } }) => ({ app, settled, since: watch.firstAt }),
        onDone: { target: "failed", actions: { type: "keepEvidence", params: ({ event }) => ({ evidence: event.output }) } },
        onError: { target: "failed", description: "The failure stands without them." },
      },
      after: { explainBudget: "failed" },
    },
    up: { type: "final", description: "The app answers." },
    failed: { type: "final", description: "The app is not up; the output says why, and what the failing service said last." },
  },
});
