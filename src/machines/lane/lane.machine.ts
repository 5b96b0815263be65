import { assign, setup } from "xstate";
import { endsCycles } from "../ends-cycles.js";
import { failureFrom } from "../errors.js";
import { must } from "../must.js";
import { reapMachine } from "../reap/reap.machine.js";
import type { ReapInput, ReapOutput } from "../reap/reap.types.js";
import type { LaneContext, LaneInput, LaneOutput } from "./lane.types.js";

/** What the reap machine is told: the next candidate. */
const reapInput = ({ candidates, dryRun, budgets }: LaneContext): ReapInput => ({
  candidate: must(candidates[0], "an app to reap"),
  dryRun,
  budgets,
});

/**
 * One of the janitor's lanes: its share of the apps, one after the other.
 *
 * Invariant: each of them is begun once, however those before it ended.
 */
export const laneMachine = setup({
  types: {
    input: {} as LaneInput,
    context: {} as LaneContext,
    output: {} as LaneOutput,
  },
  actors: { reap: reapMachine },
  actions: {
    keepReap: assign(({ context }, params: { reap: ReapOutput }) => ({
      reaps: [...context.reaps, params.reap],
      candidates: context.candidates.slice(1),
    })),
    noteError: assign(({ context }, params: { error: unknown }) => ({
      troubles: [...context.troubles, failureFrom(params.error)],
      candidates: context.candidates.slice(1),
    })),
  },
  guards: {
    isAnyLeft: ({ context }) => context.candidates.length > 0,
  },
}).createMachine({
  id: "lane",
  description: "One of the janitor's lanes: its share of the apps, one after the other.",
  options: endsCycles,
  context: ({ input }) => ({ ...input, reaps: [], troubles: [] }),
  output: ({ context: { reaps, troubles } }) => ({ reaps, troubles }),
  initial: "choosing",
  states: {
    choosing: {
      description: "The next of the lane's own share: a slow reap holds up no other lane.",
      always: [{ guard: "isAnyLeft", target: "reaping" }, { target: "finished" }],
    },
    reaping: {
      description: "One app: probed, and torn down if nobody holds its lock.",
      invoke: {
        id: "reap",
        src: "reap",
        input: ({ context }) => reapInput(context),
        onDone: { target: "choosing", actions: { type: "keepReap", params: ({ event }) => ({ reap: event.output }) } },
        onError: { target: "choosing", actions: { type: "noteError", params: ({ event }) => ({ error: event.error }) } },
      },
    },
    finished: { type: "final", description: "Its share is done; what broke is in the output." },
  },
});
