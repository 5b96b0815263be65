import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createActor, type ActorRefFrom } from "xstate";
import { watchTime } from "../../src/effects/watch-time.js";
import { leftForWorkMs } from "../../src/machines/budgets.js";
import { tierMachine } from "../../src/machines/tier/tier.machine.js";
import { tierPorts } from "../../src/machines/tier/tier.ports.js";
import type { Tier } from "../../src/machines/vocabulary.js";
import { app, budgets, facts, settings, version } from "../support/explore/samples.js";
import { steadyStack } from "../support/explore/stacks.js";
import { never, scriptedPorts } from "../support/scripted-ports.js";

const [secondMs, minuteMs] = [1_000, 60_000];

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

interface Begun {
  readonly actor: ActorRefFrom<typeof tierMachine>;
  readonly said: readonly string[];
  readonly hooks: () => number;
}

/** Starts a tier whose hook hangs, `leftMs` before the run's deadline. */
const begun = (tier: Tier, leftMs: number): Begun => {
  const said: string[] = [];
  let hooks = 0;
  const actors = {
    ...scriptedPorts(tierPorts, {
      runHook: () => {
        hooks += 1;
        return never<void>();
      },
      observeStack: () => undefined,
      gatherEvidence: never,
    }),
    watchTime: watchTime({ leftMs: () => leftMs, say: (line) => said.push(line) }),
  };
  const input = { tier, app, settings, budgets, target: version, facts, up: { url: "https://hello", stack: steadyStack } };
  const actor = createActor(tierMachine.provide({ actors }), { input });
  actor.start();
  return { actor, said, hooks: () => hooks };
};

const outcomeOf = ({ actor }: Begun): unknown => actor.getSnapshot().context.outcome;

test("when the deadline leaves a tier less than its own time, the tier is cut to that and ends as unverified", () => {
  const tier = begun("install", 42 * secondMs);
  expect(tier.said).toEqual(["the install tier is cut from 15 min to 42 s by the deadline of the run"]);
  vi.advanceTimersByTime(42 * secondMs - 1);
  expect(tier.actor.getSnapshot().value).toEqual({ before: "hook" });
  vi.advanceTimersByTime(1);
  expect(tier.actor.getSnapshot().value).toBe("explaining");
  expect(outcomeOf(tier)).toMatchObject({
    kind: "unverified",
    failure: {
      code: "out-of-time",
      exitCode: 142,
      message: "the install tier was cut to 42 s by the deadline of the run, and a hook did not end in that",
    },
  });
  tier.actor.stop();
});

test.each([
  ["time enough", 60 * minuteMs, []],
  [
    "a deadline that would have cut the tier later",
    10 * minuteMs,
    ["the install tier is cut from 15 min to 10 min by the deadline of the run"],
  ],
])("when a hook uses up its own time, the tier fails as tier-overrun, with %s", (_, leftMs, said) => {
  const tier = begun("install", leftMs);
  vi.advanceTimersByTime(settings.timeouts.hookMs);
  expect(outcomeOf(tier)).toMatchObject({ kind: "fail", failure: { code: "tier-overrun", exitCode: 1 } });
  expect(tier.said).toEqual(said);
  tier.actor.stop();
});

test.each([
  [
    "upgrade",
    settings.convergence.monitorMs - 1,
    "no time remains for the upgrade tier: it takes 5 s at least, and the deadline of the run leaves 5 s",
  ],
  ["custom", -3, "no time remains for the custom tier: the deadline of the run has come"],
] as const)("the %s tier does not begin when the deadline leaves it %d ms", (tier, leftMs, message) => {
  const ended = begun(tier, leftMs);
  expect(ended.hooks()).toBe(0);
  expect(ended.actor.getSnapshot().output?.result.outcome).toMatchObject({ kind: "unverified", failure: { code: "out-of-time", message } });
  expect(vi.getTimerCount()).toBe(0);
});

test("a run keeps ten seconds for last words, but at most a tenth of its deadline", () => {
  expect(leftForWorkMs(15 * minuteMs, 50 * minuteMs, budgets)).toBe(15 * minuteMs - 10 * secondMs);
  expect(leftForWorkMs(9 * secondMs, 20 * secondMs, budgets)).toBe(7 * secondMs);
});
