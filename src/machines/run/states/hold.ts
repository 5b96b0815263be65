import { settled } from "../run-context.js";
import { runSetup } from "../run-setup.js";
import { verdictOf } from "../verdict.js";

export const hold = runSetup.createStateConfig({
  description: "--hold keeps the app for a look, under its lock. The verdict is settled; this cannot change it.",
  initial: "choosing",
  states: {
    choosing: {
      description: "Nobody asked for a look, or not at a run that went like this one: it is torn down at once.",
      always: [{ guard: "isHeld", target: "waiting" }, { target: "#run.holding.tearingDown" }],
    },
    waiting: {
      description: "Until somebody presses Enter. A stop and the deadline end it as they end every state of running.",
      invoke: {
        id: "awaitRelease",
        src: "awaitRelease",
        input: ({ context }) => ({ app: settled(context).app, url: context.deployment?.up.url ?? null, verdict: verdictOf(context) }),
        onDone: "#run.holding.tearingDown",
        onError: {
          target: "#run.holding.tearingDown",
          description: "Nobody can be waited for: the app goes.",
          actions: { type: "noteIgnored", params: { what: "the wait for a look broke" } },
        },
      },
    },
  },
});
