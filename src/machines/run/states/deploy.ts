import { deployInput } from "../run-context.js";
import { runSetup } from "../run-setup.js";
import { failsInto } from "./ways-out.js";

export const deploy = runSetup.createStateConfig({
  description: "One deploy for all tiers of a round.",
  invoke: {
    id: "deploy",
    src: "deploy",
    input: ({ context }) => deployInput(context),
    onDone: [
      {
        guard: { type: "isUp", params: ({ event }) => ({ output: event.output }) },
        target: "#run.holding.running.test",
        actions: { type: "keepDeployment", params: ({ event }) => ({ output: event.output }) },
      },
      {
        target: "#run.holding.running.hold",
        actions: { type: "settleUndeployed", params: ({ event }) => ({ output: event.output }) },
      },
    ],
    onError: failsInto("#run.holding.running.hold"),
  },
});
