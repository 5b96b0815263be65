import { settled } from "../run-context.js";
import { runSetup } from "../run-setup.js";
import { failsInto } from "./ways-out.js";

export const deps = runSetup.createStateConfig({
  description: "What the app needs, each in its turn.",
  invoke: {
    id: "deps",
    src: "deps",
    input: ({ context }) => ({ deps: settled(context).deps, budgets: context.budgets }),
    onDone: [
      { guard: { type: "areUp", params: ({ event }) => ({ output: event.output }) }, target: "#run.holding.running.deploy" },
      {
        target: "#run.holding.running.hold",
        actions: { type: "settleDepless", params: ({ event }) => ({ output: event.output }) },
      },
    ],
    onError: failsInto("#run.holding.running.hold"),
  },
});
