import { deploymentOf } from "../run-context.js";
import { runSetup } from "../run-setup.js";

export const picturing = runSetup.createStateConfig({
  description: "The app's first page, for people. A run that came here green passes.",
  invoke: {
    id: "takePicture",
    src: "takePicture",
    input: ({ context }) => ({ url: deploymentOf(context).up.url }),
    onDone: { target: "#run.holding.running.hold", actions: "settlePassed" },
    onError: { target: "#run.holding.running.hold", actions: "settlePassed" },
  },
  after: { pictureBudget: { target: "#run.holding.running.hold", actions: "settlePassed" } },
});
