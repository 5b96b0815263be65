import type { ServerResponse } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { looksAt, pauseMs, defaultPace, changesOf } from "../../../src/effects/docker/engine-events.js";
import type { StackName } from "../../../src/machines/vocabulary.js";
import { engineOn, startDaemon, type Daemon } from "../../support/engine/daemon.js";
import { until } from "../../support/processes.js";

const stack = "note-123456_ci" as StackName;
const label = "com.docker.stack.namespace";
/** So slow that only an event leads to a look within the test. */
const onlyStirred = { quickMs: 60_000, quickForMs: 0, soonMs: 60_000, soonForMs: 0, slowMs: 60_000 };

interface Streaming extends Daemon {
  readonly open: () => number;
  readonly say: (event: object) => void;
  readonly hangUp: () => void;
}

/** A daemon whose event stream the test speaks through. */
const streaming = async (): Promise<Streaming> => {
  const streams = new Set<ServerResponse>();
  const daemon = await startDaemon((_, answer) => {
    answer.flushHeaders();
    streams.add(answer);
    answer.once("close", () => streams.delete(answer));
  });
  return {
    ...daemon,
    open: () => streams.size,
    say: (event) => void [...streams].map((stream) => stream.write(`${JSON.stringify(event)}\n`)),
    hangUp: () => void [...streams].map((stream) => stream.destroy()),
  };
};

const ofContainer = (of: string) => ({ Type: "container", Action: "start", Actor: { ID: "c", Attributes: { [label]: of } } });

/** Counts looks until the test ends. */
const countLooks = (daemon: Daemon): (() => number) => {
  let looks = 0;
  const watching = looksAt(engineOn(daemon.socket), stack, async () => (looks += 1), onlyStirred).subscribe();
  onTestFinished(() => watching.unsubscribe());
  return () => looks;
};

test("when a container or service of the stack changes, the observer looks at once", async () => {
  const daemon = await streaming();
  const looks = countLooks(daemon);
  await until("one look at the start, one when the stream is open", () => looks() === 2);
  daemon.say(ofContainer(stack));
  await until("a look for the event", () => looks() === 3);
  daemon.say({ Type: "service", Action: "update", Actor: { ID: "s", Attributes: { name: "any" } } });
  await until("a look for the service", () => looks() === 4);
});

test("when a container of another stack changes, the observer does not look", async () => {
  const daemon = await streaming();
  const looks = countLooks(daemon);
  await until("the stream is open", () => looks() === 2);
  daemon.say(ofContainer("note-123456_ci_x"));
  daemon.say(ofContainer(stack));
  await until("a look for our own", () => looks() === 3);
  expect(looks()).toBe(3);
});

test("the observer subscribes to changes of containers and services, but not to the exec events of health checks", async () => {
  const daemon = await streaming();
  countLooks(daemon);
  await until("the stream is open", () => daemon.open() === 1);
  const filters: unknown = JSON.parse(new URL(daemon.calls[0]?.replace("GET ", "http://docker") ?? "").searchParams.get("filters") ?? "");
  expect(filters).toMatchObject({
    type: ["container", "service"],
    event: expect.arrayContaining(["start", "die", "health_status", "update"]) as unknown,
  });
  expect(JSON.stringify(filters)).not.toContain("exec");
});

test("when the event stream breaks, the observer opens it again and looks for what it missed", async () => {
  const daemon = await streaming();
  const looks = countLooks(daemon);
  for (let round = 0; round < 3; round += 1) {
    await until(`the stream is open in round ${round}`, () => looks() === 2 + round);
    daemon.hangUp();
  }
  await until("it is open again", () => daemon.open() === 1);
});

test("when the event stream has an unfinished line or no JSON, the observer ignores it", async () => {
  let changes = 0;
  const daemon = await startDaemon((_, answer) => void answer.write(`nonsense\n\n{"Type":"service"`));
  const listening = changesOf(engineOn(daemon.socket), stack).subscribe(() => (changes += 1));
  onTestFinished(() => listening.unsubscribe());
  await until("the stream is open", () => changes === 1);
});

test("when the last listener unsubscribes, the observer closes the stream and aborts its look", async () => {
  const daemon = await streaming();
  const aborted: unknown[] = [];
  const watching = looksAt(
    engineOn(daemon.socket),
    stack,
    (signal) => new Promise(() => signal.addEventListener("abort", () => aborted.push(signal.reason))),
  ).subscribe();
  await until("the stream is open", () => daemon.open() === 1);
  watching.unsubscribe();
  await until("the stream is closed", () => daemon.open() === 0);
  expect(aborted).toHaveLength(1);
});

test("while the daemon fails, the observer asks for the events only a few times a second", async () => {
  let tries = 0;
  const daemon = await startDaemon((_, answer) => {
    tries += 1;
    answer.writeHead(500).end("{}");
  });
  const listening = changesOf(engineOn(daemon.socket), stack).subscribe();
  const began = performance.now();
  await until("it is asked again and again", () => tries >= 4);
  listening.unsubscribe();
  expect(performance.now() - began).toBeGreaterThanOrEqual(550);
});

test.each([
  ["a change just now", 0, 1, 25],
  ["a change a second ago", 1_000, 1, 100],
  ["no change for ten seconds", 10_000, 1, 1_000],
  ["a change just now, but a look takes long", 0, 50, 50],
])("after %s, the observer pauses as its pace says", (_, sinceMs, tookMs, expected) => {
  expect(pauseMs(defaultPace, sinceMs, tookMs)).toBe(expected);
});
