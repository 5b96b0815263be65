import { assign, setup } from "xstate";
import { failureFrom } from "../errors.js";
import { reapMachine } from "../reap/reap.machine.js";
import type { Candidate, ReapInput, ReapOutput } from "../reap/reap.types.js";
import { janitorPorts } from "./janitor.ports.js";
import type { JanitorContext, JanitorInput, JanitorOutput, Lane } from "./janitor.types.js";

const nobody: Candidate = { domain: "" as Candidate["domain"], stack: "" as Candidate["stack"], seenAs: [], adopted: false };

const chart = setup({
  types: {
    input: {} as JanitorInput,
    context: {} as JanitorContext,
    output: {} as JanitorOutput,
  },
  actors: { ...janitorPorts, reap: reapMachine },
  actions: {
    keepFound: assign((_, params: { candidates: readonly Candidate[]; settled: readonly ReapOutput[] }) => ({
      queue: params.candidates,
      done: params.settled,
    })),
    takeNext: assign({
      taken: ({ context }, params: { lane: Lane }) => ({ ...context.taken, [params.lane]: context.queue[0] ?? null }),
      queue: ({ context }) => context.queue.slice(1),
    }),
    keepReap: assign({ done: ({ context }, params: { reap: ReapOutput }) => [...context.done, params.reap] }),
    keepSwept: assign({ swept: (_, params: { swept: readonly string[] }) => params.swept }),
    noteError: assign({
      troubles: ({ context }, params: { error: unknown }) => [...context.troubles, failureFrom(params.error)],
    }),
    noteOverrun: assign({
      troubles: ({ context }, params: { step: string }) => [
        ...context.troubles,
        {
          code: "janitor-overrun",
          message: `the janitor's ${params.step} took too long`,
          hint: "Is the docker daemon under load? Try: recipe-ci doctor",
          exitCode: 69 as const,
          details: [],
        },
      ],
    }),
  },
  guards: {
    hasTaken: ({ context }, params: { lane: Lane }) => context.taken[params.lane] !== null,
  },
  delays: {
    discoverBudget: ({ context }) => context.budgets.recover,
    sweepBudget: ({ context }) => context.budgets.verify,
  },
});

const reapInput = (context: JanitorContext, lane: Lane): ReapInput => ({
  candidate: context.taken[lane] ?? nobody,
  dryRun: context.dryRun,
  budgets: context.budgets,
});

/** One lane of reaping: takes the next candidate until none is left. */
const lane = (name: Lane) =>
  chart.createStateConfig({
    description: "Takes the next candidate until none is left; a failure is reported and the next one taken.",
    initial: "choosing",
    states: {
      choosing: {
        description: "The queue is shared: a slow reap holds up its own lane only.",
        // On entry, not on the way out: all lanes would weigh the same last candidate in one step.
        entry: { type: "takeNext", params: { lane: name } },
        always: [{ guard: { type: "hasTaken", params: { lane: name } }, target: "reaping" }, { target: "finished" }],
      },
      reaping: {
        description: "One app: probed, and torn down if nobody holds its lock.",
        invoke: {
          id: `reap.${name}`,
          src: "reap",
          input: ({ context }) => reapInput(context, name),
          onDone: { target: "choosing", actions: { type: "keepReap", params: ({ event }) => ({ reap: event.output }) } },
          onError: { target: "choosing", actions: { type: "noteError", params: ({ event }) => ({ error: event.error }) } },
        },
      },
      finished: { type: "final", description: "Nothing left to take." },
    },
  });

/**
 * One pass over everything on the host that carries a run app's name.
 *
 * Invariant: it only ever ends; what it could not do is in its output, and nothing that it could not do stops the rest.
 */
export const janitorMachine = chart.createMachine({
  id: "janitor",
  description: "One pass over the host: finds run apps, reaps those whose lock nobody holds, sweeps stale lock files.",
  /** An endless `always` cycle becomes an error for the supervisor, not a process that hangs. */
  options: { maxIterations: 1_000 },
  context: ({ input }) => ({
    ...input,
    queue: [],
    taken: { first: null, second: null, third: null, fourth: null },
    done: [],
    swept: [],
    troubles: [],
  }),
  output: ({ context }) => ({ reaps: context.done, swept: context.swept, troubles: context.troubles }),
  initial: "discovering",
  states: {
    discovering: {
      description: "Asks abra, the Swarm, the .env files and the kernel's list of locks; the number of processes does not depend on what they know.",
      invoke: {
        id: "discover",
        src: "discoverApps",
        input: ({ context }) => ({ except: context.except, adopt: context.adopt }),
        onDone: {
          target: "reaping",
          actions: { type: "keepFound", params: ({ event }) => event.output },
        },
        onError: { target: "sweeping", actions: { type: "noteError", params: ({ event }) => ({ error: event.error }) } },
      },
      after: { discoverBudget: { target: "sweeping", actions: { type: "noteOverrun", params: { step: "look around" } } } },
    },
    reaping: {
      description: "A few apps at a time.",
      type: "parallel",
      states: { first: lane("first"), second: lane("second"), third: lane("third"), fourth: lane("fourth") },
      onDone: "sweeping",
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
