import { runSetup } from "../run-setup.js";
import { verdictOf } from "../verdict.js";
import { ignoredWhileTearingDown } from "./ignored.js";

export const reporting = runSetup.createStateConfig({
  description: "Ends every child of ours, then writes the run's files. The verdict is settled; this cannot change it.",
  tags: ["uninterruptible"],
  on: ignoredWhileTearingDown,
  initial: "draining",
  states: {
    draining: {
      description: "The registry is closed for good and every process of ours ended.",
      invoke: { id: "drainAll", src: "drainAll", input: () => undefined, onDone: "writing", onError: "writing" },
      after: { drainBudget: "writing" },
    },
    writing: {
      description: "JUnit, results, badge, report.",
      invoke: {
        id: "writeReport",
        src: "writeReport",
        input: ({ context }) => ({
          app: context.prepared?.app ?? null,
          plan: context.prepared?.plan ?? null,
          slips: context.prepared?.slips ?? [],
          verdict: verdictOf(context),
          cleanliness: context.cleanliness,
          results: context.results,
          url: context.deployment?.up.url ?? null,
        }),
        onDone: "#run.released",
        onError: "#run.released",
      },
      after: { reportBudget: "#run.released" },
    },
  },
});
