import { assign, setup } from "xstate";
import { failureFrom } from "../errors.js";
import { teardownMachine } from "../teardown/teardown.machine.js";
import type { Cleanliness, Cookie } from "../vocabulary.js";
import { outcomeOf } from "./reap-outcome.js";
import { reapPorts } from "./reap.ports.js";
import type { Probe, ReapContext, ReapInput, ReapOutput } from "./reap.types.js";

const cookiesOf = (probe: Probe | null): readonly Cookie[] => (probe?.kind === "orphan" ? probe.cookies : []);

/**
 * Decides about one app by its lock and by a sign that a run made it, and reaps it while holding that lock.
 *
 * Invariant: `cleaning` is entered only if we hold the lock and there is a sign (or the operator's word). The lock is
 * released only after it.
 */
export const reapMachine = setup({
  types: {
    input: {} as ReapInput,
    context: {} as ReapContext,
    output: {} as ReapOutput,
  },
  actors: { ...reapPorts, teardown: teardownMachine },
  actions: {
    keepProbe: assign({ probe: (_, params: { probe: Probe }) => params.probe }),
    keepCleanliness: assign({ cleanliness: (_, params: { cleanliness: Cleanliness }) => params.cleanliness }),
    keepFailure: assign({ failure: (_, params: { error: unknown }) => failureFrom(params.error).message }),
    keepOverrun: assign({ failure: (_, params: { step: string }) => `${params.step} took too long` }),
  },
  guards: {
    isOrphan: (_, params: { probe: Probe }) => params.probe.kind === "orphan",
    isUnclaimed: (_, params: { probe: Probe }) => params.probe.kind === "unclaimed",
    isOrphanInDryRun: ({ context }, params: { probe: Probe }) => params.probe.kind === "orphan" && context.dryRun,
  },
  delays: {
    probeBudget: ({ context }) => context.budgets.verify,
    releaseBudget: ({ context }) => context.budgets.report,
  },
}).createMachine({
  id: "reap",
  description: "One app that something still mentions: left alone if its lock is held, else torn down under that lock.",
  context: ({ input }) => ({ ...input, probe: null, cleanliness: null, failure: null }),
  output: ({ context }) => ({ candidate: context.candidate, outcome: outcomeOf(context) }),
  initial: "probing",
  states: {
    probing: {
      description:
        "Tries the lock without waiting: nothing else tells a live run from a dead one. Then looks for a sign that it was a run's.",
      invoke: {
        id: "probe",
        src: "probeApp",
        input: ({ context: { candidate, dryRun } }) => ({
          domain: candidate.domain,
          stack: candidate.stack,
          adopted: candidate.adopted,
          dryRun,
        }),
        onDone: [
          {
            guard: { type: "isOrphanInDryRun", params: ({ event }) => ({ probe: event.output }) },
            target: "lettingGo",
            actions: { type: "keepProbe", params: ({ event }) => ({ probe: event.output }) },
          },
          {
            guard: { type: "isOrphan", params: ({ event }) => ({ probe: event.output }) },
            target: "cleaning",
            actions: { type: "keepProbe", params: ({ event }) => ({ probe: event.output }) },
          },
          {
            guard: { type: "isUnclaimed", params: ({ event }) => ({ probe: event.output }) },
            target: "lettingGo",
            actions: { type: "keepProbe", params: ({ event }) => ({ probe: event.output }) },
          },
          { target: "done", actions: { type: "keepProbe", params: ({ event }) => ({ probe: event.output }) } },
        ],
        onError: { target: "lettingGo", actions: { type: "keepFailure", params: ({ event }) => ({ error: event.error }) } },
      },
      after: { probeBudget: { target: "lettingGo", actions: { type: "keepOverrun", params: { step: "probe" } } } },
    },
    cleaning: {
      description: "Survivors first, then the teardown that every run uses.",
      invoke: {
        id: "teardown",
        src: "teardown",
        input: ({ context }) => ({
          domain: context.candidate.domain,
          stack: context.candidate.stack,
          cookies: cookiesOf(context.probe),
          budgets: context.budgets,
        }),
        onDone: {
          target: "releasing",
          actions: { type: "keepCleanliness", params: ({ event }) => ({ cleanliness: event.output.cleanliness }) },
        },
        onError: { target: "releasing", actions: { type: "keepFailure", params: ({ event }) => ({ error: event.error }) } },
      },
    },
    releasing: {
      description: "Notes how it ended, unlinks the lock file if the app is gone, frees the lock: in this order.",
      invoke: {
        id: "release",
        src: "releaseApp",
        input: ({ context }) => ({
          domain: context.candidate.domain,
          cleanliness: context.cleanliness ?? { kind: "unknown" },
        }),
        onDone: "done",
        onError: { target: "lettingGo", actions: { type: "keepFailure", params: ({ event }) => ({ error: event.error }) } },
      },
      after: { releaseBudget: { target: "lettingGo", actions: { type: "keepOverrun", params: { step: "release" } } } },
    },
    lettingGo: {
      description: "Frees the probe's lock, if we have it, and changes nothing.",
      invoke: {
        id: "letGo",
        src: "letGo",
        input: ({ context }) => ({ domain: context.candidate.domain }),
        onDone: "done",
        onError: { target: "done", actions: { type: "keepFailure", params: ({ event }) => ({ error: event.error }) } },
      },
      after: { releaseBudget: { target: "done", actions: { type: "keepOverrun", params: { step: "letting go" } } } },
    },
    done: { type: "final", description: "The output says what became of the app, and why." },
  },
});
