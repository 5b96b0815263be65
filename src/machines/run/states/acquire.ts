import { runSetup } from "../run-setup.js";
import { endsAtDeadline, overrunsInto, stopsInto } from "./ways-out.js";

export const acquire = runSetup.createStateConfig({
  description: "Waits in the kernel's queue for the locks.",
  on: {
    "lock.busy": { actions: { type: "keepHolder", params: ({ event }) => ({ card: event.card }) } },
    "lock.held": {
      target: "#run.holding.running",
      actions: { type: "keepHolder", params: ({ event }) => ({ card: event.previous }) },
    },
    "lock.failed": {
      target: "#run.reporting",
      actions: { type: "settleFailed", params: ({ event }) => ({ failure: event.failure }) },
    },
    stop: stopsInto("#run.reporting"),
  },
  after: {
    lockTimeout: overrunsInto("#run.reporting", "acquire"),
    deadline: endsAtDeadline("#run.reporting"),
  },
});
