import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createActor, createMachine, fromPromise, setup, toPromise } from "xstate";
import { openJournal } from "../../../src/effects/record/journal.js";
import type { TraceLine } from "../../../src/machines/trace-line.js";
import { temporaryFolder } from "../../support/processes.js";

const lines = (dir: string): readonly TraceLine[] =>
  readFileSync(join(dir, "events.jsonl"), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as TraceLine);

/** A chart whose work first reads the journal on disk. */
const chart = (look: () => readonly TraceLine[]) =>
  setup({
    types: { events: {} as { type: "go"; password?: string; nested?: { apiToken: string } } },
    actors: { work: fromPromise(async () => look().at(-1)?.state) },
  }).createMachine({
    id: "run",
    initial: "idle",
    states: {
      idle: { on: { go: "passing" } },
      passing: { always: "working" },
      working: { invoke: { id: "work", src: "work", onDone: "over", onError: "over" } },
      over: { type: "final" },
    },
    output: ({ event }) => (event as { output?: unknown }).output,
  });

test("a transition is on disk before the actors that it starts begin, and values under a secret's name are not kept", async () => {
  const dir = temporaryFolder();
  const journal = openJournal(dir, {
    onRunState: () => undefined,
    onTrouble: (error) => {
      throw error;
    },
  });
  let seen: readonly string[] | undefined;
  const actor = createActor(
    chart(() => {
      const now = lines(dir);
      seen = now.at(-1)?.state;
      return now;
    }),
    { id: "run", inspect: journal.inspect },
  );
  const over = toPromise(actor.start());
  actor.send({ type: "go", password: "hunter2", nested: { apiToken: "hunter3" } });
  await over;
  journal.close();
  expect(seen).toEqual(["working"]);
  expect(lines(dir).map(({ seq, state, event }) => [seq, state[0], event.type])).toEqual([
    [1, "idle", "xstate.init"],
    [2, "working", "go"],
    [3, "over", "xstate.done.actor.work"],
  ]);
  expect(readFileSync(join(dir, "events.jsonl"), "utf8")).not.toMatch(/hunter/);
});

test("when the run leaves a child chart, the journal has a line for that and reports no step of the child", async () => {
  const dir = temporaryFolder();
  const told: string[] = [];
  const journal = openJournal(dir, {
    onRunState: ([leaf]) => void told.push(`run ${leaf}`),
    onStep: (actor, [leaf]) => void told.push(`${actor} ${leaf}`),
    onTrouble: (error) => {
      throw error;
    },
  });
  const tier = createMachine({ id: "tier", initial: "asserting", states: { asserting: {} } });
  const run = setup({ actors: { tier } }).createMachine({
    id: "run",
    initial: "testing",
    states: {
      testing: { invoke: { id: "install", src: "tier" }, on: { stop: "cleaning" } },
      cleaning: { on: { end: "over" } },
      over: { type: "final" },
    },
  });
  const actor = createActor(run, { id: "run", inspect: journal.inspect });
  const over = toPromise(actor.start());
  actor.send({ type: "stop" });
  actor.send({ type: "end" });
  await over;
  journal.close();
  expect(told).toEqual(["run testing", "install asserting", "run cleaning", "run over"]);
  expect(lines(dir).map(({ actor: of, event }) => `${of} ${event.type}`)).toContain("run/install xstate.stop");
});

test("when a listener throws, the run goes on", async () => {
  const troubles: unknown[] = [];
  const dir = temporaryFolder();
  const journal = openJournal(dir, {
    onRunState: () => {
      throw new Error("a bug of ours");
    },
    onTrouble: (error) => void troubles.push(error),
  });
  const actor = createActor(
    chart(() => []),
    { id: "run", inspect: journal.inspect },
  );
  const over = toPromise(actor.start());
  actor.send({ type: "go" });
  await over;
  journal.close();
  expect(actor.getSnapshot().status).toBe("done");
  expect(troubles.length).toBeGreaterThan(0);
});
