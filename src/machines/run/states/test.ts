import { tierSpecs } from "../../tiers/tier-specs.js";
import type { Tier } from "../../vocabulary.js";
import { deploymentOf, settled, targetOf, tierInput } from "../run-context.js";
import { replacingFailure } from "../run-failures.js";
import { runSetup } from "../run-setup.js";
import { failsInto, overrunsInto } from "./ways-out.js";

const tierState = (tier: Tier) =>
  runSetup.createStateConfig({
    description: tierSpecs[tier].description,
    invoke: {
      id: tier,
      src: "tier",
      input: ({ context }) => tierInput(context, tier),
      onDone: [
        {
          guard: { type: "isTierPassed", params: ({ event }) => ({ output: event.output }) },
          target: "choosing",
          actions: { type: "keepTier", params: ({ event }) => ({ output: event.output }) },
        },
        {
          target: "#run.holding.running.picturing",
          actions: [
            { type: "keepTier", params: ({ event }) => ({ output: event.output }) },
            { type: "settleTier", params: ({ event }) => ({ output: event.output }) },
          ],
        },
      ],
      onError: failsInto("#run.holding.running.hold"),
    },
  });

const chosen = (tier: Tier) => ({ guard: { type: "isNext" as const, params: { tier } }, target: tier });

/** The round is over and another follows. The app is removed first, so that the next round tests nothing left over. */
const replacing = runSetup.createStateConfig({
  description: "The app is removed, for the next round deploys it anew.",
  invoke: {
    id: "replaceTeardown",
    src: "recoverTeardown",
    input: ({ context }) => ({ ...targetOf(context), cookies: [], budgets: context.budgets }),
    onDone: [
      {
        guard: { type: "isOutOfTheWay", params: ({ event }) => ({ cleanliness: event.output.cleanliness }) },
        target: "#run.holding.running.deploy",
        actions: "nextRound",
      },
      {
        target: "#run.holding.running.hold",
        actions: { type: "settleFailed", params: ({ event }) => ({ failure: replacingFailure(event.output.cleanliness) }) },
      },
    ],
    onError: failsInto("#run.holding.running.hold"),
  },
  after: { teardownBudget: overrunsInto("#run.holding.running.hold", "recover") },
});

const lastLook = runSetup.createStateConfig({
  description: "Every tier passed. Green is said only of a stack that is as it settled, now.",
  invoke: {
    id: "lastLook",
    src: "lookAtStack",
    input: ({ context }) => ({ app: settled(context).app }),
    onDone: [
      {
        guard: { type: "isNotGreen", params: ({ event }) => ({ last: event.output }) },
        target: "explaining",
        actions: { type: "settleNotGreen", params: ({ event }) => ({ last: event.output }) },
      },
      { target: "#run.holding.running.picturing", description: "Green, and said once nothing can come in between." },
    ],
    onError: failsInto("#run.holding.running.hold"),
  },
  after: { lookBudget: overrunsInto("#run.holding.running.hold", "look") },
});

const explaining = runSetup.createStateConfig({
  description: "The last words of what is not as it should be, before they are torn down with it.",
  invoke: {
    id: "evidence",
    src: "gatherEvidence",
    input: ({ context }) => {
      const { stack } = deploymentOf(context).up;
      return { app: settled(context).app, settled: stack.settled, since: stack.watch.firstAt };
    },
    onDone: {
      target: "#run.holding.running.picturing",
      actions: { type: "keepEvidence", params: ({ event }) => ({ evidence: event.output }) },
    },
    onError: { target: "#run.holding.running.picturing", description: "The failure stands without them." },
  },
  after: { explainBudget: "#run.holding.running.picturing" },
});

export const test = runSetup.createStateConfig({
  description: "The tiers of the plan, in order.",
  initial: "choosing",
  states: {
    choosing: {
      description: "Tiers that the plan leaves out are never entered.",
      always: [
        chosen("install"),
        chosen("upgrade"),
        chosen("backup"),
        chosen("restore"),
        chosen("custom"),
        { guard: "isRoundLeft", target: "replacing" },
        { guard: "isEverythingPassed", target: "lastLook" },
        { target: "#run.holding.running.hold", description: "Nothing was tested: no verdict, which means red." },
      ],
    },
    install: tierState("install"),
    upgrade: tierState("upgrade"),
    backup: tierState("backup"),
    restore: tierState("restore"),
    custom: tierState("custom"),
    replacing,
    lastLook,
    explaining,
  },
});
