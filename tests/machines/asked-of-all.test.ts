import { expect, test } from "vitest";
import { createActor, waitFor } from "xstate";
import { askedIn } from "../../src/machines/convergence/stack-watch.js";
import type { StackSnapshot } from "../../src/machines/convergence/stack.types.js";
import type { Facts } from "../../src/machines/tier/facts.js";
import { tierMachine } from "../../src/machines/tier/tier.machine.js";
import { tierPorts } from "../../src/machines/tier/tier.ports.js";
import { settlePorts } from "../../src/machines/settle/settle.ports.js";
import { settleMachine } from "../../src/machines/settle/settle.machine.js";
import type { Tier } from "../../src/machines/vocabulary.js";
import { app, budgets, facts, settings, version } from "../support/explore/samples.js";
import { changedStack, settledStack, steadyStack } from "../support/explore/stacks.js";
import { never, scriptedPorts } from "../support/scripted-ports.js";

/** The outcome of a tier whose operation adds these facts and after which the stack is found as given. */
const after = async (tier: Tier, found: StackSnapshot, added: Partial<Facts> = {}): Promise<unknown> => {
  const observeStack = (say: (event: { readonly type: "stack.seen" } & StackSnapshot) => void): void =>
    say({ type: "stack.seen", ...found });
  const settle = settleMachine.provide({
    actors: scriptedPorts(settlePorts, {
      observeStack,
      watchTime: () => undefined,
      probeApp: (say) => say({ type: "probe.answered", url: "https://hello" }),
      gatherEvidence: () => ({ lines: [] }),
    }),
  });
  const actors = {
    ...scriptedPorts(tierPorts, {
      runHook: () => undefined,
      observeStack: () => undefined,
      operate: () => ({ ...facts, ...added }),
      runTier: () => ({ tests: [{ name: "answers", outcome: "passed" as const, durationMs: 1, message: null }] }),
      gatherEvidence: never,
      watchTime: (say) => say({ type: "time.left", ms: 60 * 60_000 }),
    }),
    settle,
  };
  const input = { tier, app, settings, budgets, target: version, facts, up: { url: "https://hello", stack: steadyStack } };
  const actor = createActor(tierMachine.provide({ actors }), { input });
  actor.start();
  await waitFor(actor, ({ status }) => status === "done", { timeout: 5_000 });
  return actor.getSnapshot().output?.result.outcome;
};

const disturbed = (tier: Tier) => ({
  kind: "fail",
  failure: {
    code: "app-disturbed",
    exitCode: 69,
    message: expect.stringContaining(`somebody changed the app during the ${tier} tier: `) as string,
  },
});

test.each<Tier>(["backup", "restore"])("when somebody changes a service during a %s, the tier fails as app-disturbed", async (tier) => {
  expect(await after(tier, changedStack)).toMatchObject(disturbed(tier));
});

test("when somebody changes a service after an upgrade is submitted, the tier fails as app-disturbed", async () => {
  expect(await after("upgrade", changedStack, { asked: askedIn(settledStack) })).toMatchObject(disturbed("upgrade"));
});

test("when the stack becomes what the upgrade asked for, the tier passes", async () => {
  expect(await after("upgrade", changedStack, { asked: askedIn(changedStack) })).toEqual({ kind: "pass" });
});

test("when a service is gone after a restore, the tier fails as stack-gone, although no look since the restore has shown it", async () => {
  expect(await after("restore", { ...settledStack, services: [] })).toMatchObject({
    kind: "fail",
    failure: { code: "stack-gone", exitCode: 69 },
  });
});
