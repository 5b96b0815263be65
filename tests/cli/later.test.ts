import { expect, test } from "vitest";
import { assign, createActor, fromPromise, setup, toPromise } from "xstate";
import { later } from "../../src/cli/wiring/later.js";

const child = setup({ types: { output: {} as string } }).createMachine({
  id: "child",
  initial: "over",
  states: { over: { type: "final" } },
  output: "done",
});

test("a machine that is provided later is created once, when its actor starts, and then works as usual", async () => {
  let made = 0;
  const late = later(() => {
    made += 1;
    return child.provide({});
  });
  const parent = setup({ types: { context: {} as { said: string }, output: {} as string }, actors: { child } }).createMachine({
    context: { said: "" },
    initial: "waiting",
    states: {
      waiting: { on: { go: "asking" } },
      asking: { invoke: { src: "child", id: "asked", onDone: { target: "over", actions: assign({ said: ({ event }) => event.output }) } } },
      over: { type: "final" },
    },
    output: ({ context }) => context.said,
  });
  const ids: unknown[] = [];
  const actor = createActor(parent.provide({ actors: { child: late } }), {
    inspect: ({ type, actorRef }) => type === "@xstate.actor" && ids.push((actorRef as { logic?: { id?: string } }).logic?.id),
  }).start();
  expect(made).toBe(0);
  actor.send({ type: "go" });
  expect(await toPromise(actor)).toBe("done");
  expect(made).toBe(1);
  expect(ids).toContain("child");
});

test("when a port is provided later and rejects, its actor fails with that error", async () => {
  const fails = later(() => fromPromise(() => Promise.reject(new Error("no"))));
  const actor = createActor(fails);
  const ended = toPromise(actor);
  actor.start();
  await expect(ended).rejects.toThrow("no");
});
