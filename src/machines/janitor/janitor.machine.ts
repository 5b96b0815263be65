import { assign, setup } from "xstate";
import { endsCycles } from "../ends-cycles.js";
import { asFailure, failureFrom } from "../errors.js";
import { laneMachine } from "../lane/lane.machine.js";
import type { LaneInput, LaneOutput } from "../lane/lane.types.js";
import type { Candidate, ReapOutput } from "../reap/reap.types.js";
import { janitorPorts } from "./janitor.ports.js";
import { lanes, type JanitorContext, type JanitorInput, type JanitorOutput, type Lane } from "./janitor.types.js";

const shareOf = ({ candidates, dryRun, budgets }: JanitorContext, lane: Lane): LaneInput => ({
  candidates: candidates.filter((_, index) => index % lanes.length === lane),
  dryRun,
  budgets,
});

/**
 * One pass over everything on the host that carries a run app's name.
 *
 * Invariant: it always ends, and never with an error. What it could not do is in its output and does not stop the rest.
 */
export const janitorMachine = setup({
  types: {
    input: {} as JanitorInput,
    context: {} as JanitorContext,
    output: {} as JanitorOutput,
  },
  actors: { ...janitorPorts, lane: laneMachine },
  actions: {
    keepFound: assign((_, params: { candidates: readonly Candidate[]; settled: readonly ReapOutput[] }) => ({
      candidates: params.candidates,
      done: params.settled,
    })),
    keepLane: assign(({ context }, params: { lane: LaneOutput }) => ({
      busyLanes: context.busyLanes - 1,
      done: [...context.done, ...params.lane.reaps],
      troubles: [...context.troubles, ...params.lane.troubles],
    })),
    noteBrokenLane: assign(({ context }, params: { error: unknown }) => ({
      busyLanes: context.busyLanes - 1,
      troubles: [...context.troubles, failureFrom(params.error)],
    })),
    keepSwept: assign({ swept: (_, params: { swept: readonly string[] }) => params.swept }),
    noteError: assign({
      troubles: ({ context }, params: { error: unknown }) => [...context.troubles, failureFrom(params.error)],
    }),
    noteOverrun: assign({
      troubles: ({ context }, params: { step: string }) => [
        ...context.troubles,
        asFailure({
          code: "janitor-overrun",
          message: `the janitor's ${params.step} took too long`,
          hint: "Is the docker daemon under load? Try: recipe-ci doctor",
        }),
      ],
    }),
  },
  guards: {
    isNobodyFound: (_, params: { candidates: readonly Candidate[] }) => params.candidates.length === 0,
    isEveryLaneFinished: ({ context }) => context.busyLanes === 0,
  },
  delays: {
    discoverBudget: ({ context }) => context.budgets.recover,
    sweepBudget: ({ context }) => context.budgets.verify,
  },
}).createMachine({
  id: "janitor",
  description: "One pass over the host: finds run apps, reaps those whose lock nobody holds, sweeps stale lock files.",
  options: endsCycles,
  context: ({ input }) => ({ ...input, candidates: [], busyLanes: lanes.length, done: [], swept: [], troubles: [] }),
  output: ({ context }) => ({ reaps: context.done, swept: context.swept, troubles: context.troubles }),
  initial: "discovering",
  states: {
    discovering: {
      description:
        "Asks abra, the Swarm, the .env files and the kernel's list of locks; the number of processes does not depend on what they know.",
      invoke: {
        id: "discover",
        src: "discoverApps",
        input: ({ context }) => ({ except: context.except, adopt: context.adopt }),
        onDone: [
          {
            guard: { type: "isNobodyFound", params: ({ event }) => event.output },
            target: "sweeping",
            actions: { type: "keepFound", params: ({ event }) => event.output },
          },
          { target: "reaping", actions: { type: "keepFound", params: ({ event }) => event.output } },
        ],
        onError: { target: "sweeping", actions: { type: "noteError", params: ({ event }) => ({ error: event.error }) } },
      },
      after: { discoverBudget: { target: "sweeping", actions: { type: "noteOverrun", params: { step: "look around" } } } },
    },
    reaping: {
      description: "Eight lanes side by side, each with its share of the apps.",
      invoke: lanes.map((lane) => ({
        id: `lane${lane}`,
        src: "lane" as const,
        input: ({ context }: { context: JanitorContext }) => shareOf(context, lane),
        onDone: {
          actions: { type: "keepLane" as const, params: ({ event }: { event: { output: LaneOutput } }) => ({ lane: event.output }) },
        },
        onError: {
          actions: { type: "noteBrokenLane" as const, params: ({ event }: { event: { error: unknown } }) => ({ error: event.error }) },
        },
      })),
      always: { guard: "isEveryLaneFinished", target: "sweeping" },
    },
    sweeping: {
      description: "Unlinks lock files that nobody holds and no app belongs to.",
      invoke: {
        id: "sweep",
        src: "sweepLockFiles",
        input: ({ context }) => ({
          keep: context.done.map((reap) => reap.candidate.domain),
          dryRun: context.dryRun,
        }),
        onDone: { target: "done", actions: { type: "keepSwept", params: ({ event }) => ({ swept: event.output.swept }) } },
        onError: { target: "done", actions: { type: "noteError", params: ({ event }) => ({ error: event.error }) } },
      },
      after: { sweepBudget: { target: "done", actions: { type: "noteOverrun", params: { step: "sweep" } } } },
    },
    done: { type: "final", description: "The output has a line for every candidate: gone, kept and why, or failed and why." },
  },
});
