import { runSetup } from "../run-setup.js";
import { endsAtDeadline, failsInto, overrunsInto, stopsInto } from "./ways-out.js";

const recipe = runSetup.createStateConfig({
  description: "The recipe at its ref in an ABRA_DIR of the run's own, its settings, its domain, its plan.",
  initial: "preparing",
  states: {
    preparing: {
      description: "The last moment at which the workspace or HOME are read.",
      invoke: {
        id: "prepareRecipe",
        src: "prepareRecipe",
        input: ({ context: { recipe: name, source, ref, pr, zone } }) => ({ recipe: name, source, ref, pr, zone }),
        onDone: {
          target: "prepared",
          actions: { type: "keepPrepared", params: ({ event }) => ({ prepared: event.output }) },
        },
        onError: failsInto("#run.reporting"),
      },
      after: { prepareBudget: overrunsInto("#run.reporting", "prepare") },
    },
    prepared: { type: "final", description: "All that the run needs lies in its own folder." },
  },
});

const janitor = runSetup.createStateConfig({
  description: "The janitor's pass: what others leaked, under their own locks. It never fails the run.",
  initial: "passing",
  states: {
    passing: {
      description: "Bounded: a slow reap is left to the next pass.",
      invoke: {
        id: "janitor",
        src: "janitor",
        input: ({ context }) => ({ dryRun: false, except: null, adopt: null, budgets: context.budgets }),
        onDone: "draining",
        onError: "draining",
      },
      after: { janitorBudget: "draining" },
    },
    draining: {
      description: "Its locks are let go only when its children are gone.",
      invoke: { id: "drainJanitor", src: "drainJanitor", input: () => undefined, onDone: "passed", onError: "passed" },
      after: { drainBudget: "passed" },
    },
    passed: { type: "final", description: "The pass is over, whatever it found." },
  },
});

export const prepare = runSetup.createStateConfig({
  description: "Nothing of this run is on the Swarm yet; a stop here has nothing to tear down.",
  type: "parallel",
  on: { stop: stopsInto("#run.reporting") },
  after: { deadline: endsAtDeadline("#run.reporting") },
  states: { recipe, janitor },
  onDone: "#run.holding",
});
