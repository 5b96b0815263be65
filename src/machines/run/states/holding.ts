import { settled } from "../run-context.js";
import { runSetup } from "../run-setup.js";
import { acquire } from "./acquire.js";
import { deps } from "./deps.js";
import { deploy } from "./deploy.js";
import { hold } from "./hold.js";
import { picturing } from "./picturing.js";
import { recover } from "./recover.js";
import { tearingDown } from "./tearing-down.js";
import { test } from "./test.js";
import { endsAtDeadline, stopsInto } from "./ways-out.js";

const running = runSetup.createStateConfig({
  description: "Every way out leads into tearingDown.",
  tags: ["holds-lock"],
  on: {
    stop: stopsInto("#run.holding.tearingDown"),
    "lock.lost": {
      target: "#run.holding.tearingDown.reclaiming",
      actions: { type: "settleStopped", params: { cause: "lost-lock" } },
    },
    "lock.failed": {
      target: "#run.holding.tearingDown.reclaiming",
      actions: { type: "settleFailed", params: ({ event }) => ({ failure: event.failure }) },
    },
  },
  after: { deadline: endsAtDeadline("#run.holding.tearingDown") },
  initial: "recover",
  states: { recover, deps, deploy, test, picturing, hold },
});

export const holding = runSetup.createStateConfig({
  description: "The kernel frees the locks when this process ends.",
  invoke: {
    id: "holdLock",
    src: "holdLock",
    input: ({ context }) => ({ domain: settled(context).app.domain, others: settled(context).deps.map(({ app }) => app.domain) }),
    onError: {
      description: "The port speaks in events; should it break, lockTimeout ends the wait, and a lock held stays held.",
      actions: { type: "noteIgnored", params: { what: "the lock's watch broke" } },
    },
  },
  initial: "acquire",
  states: { acquire, running, tearingDown },
});
