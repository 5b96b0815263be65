import type { ServerResponse } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { looksAt, pauseMs, defaultPace, changesOf } from "../../../src/effects/docker/engine-events.js";
import type { StackName } from "../../../src/machines/vocabulary.js";
import { engineOn, startDaemon, type Daemon } from "../../support/engine/daemon.js";
import { until } from "../../support/processes.js";

const stack = "note-123456_ci" as StackName;
const label = "com.docker.stack.namespace";
/** Nothing but a change brings a look. */
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

test("an event of the stack's container brings a look at once", async () => {
  const daemon = await streaming();
  const looks = countLooks(daemon);
  await until("one look at the start, one when the stream is open", () => looks() === 2);
  daemon.say(ofContainer(stack));
  await until("a look for the event", () => looks() === 3);
  daemon.say({ Type: "service", Action: "update", Actor: { ID: "s", Attributes: { name: "any" } } });
  await until("a look for the service", () => looks() === 4);
});

test("another stack's container brings none", async () => {
  const daemon = await streaming();
  const looks = countLooks(daemon);
  await until("the stream is open", () => looks() === 2);
  daemon.say(ofContainer("note-123456_ci_x"));
  daemon.say(ofContainer(stack));
  await until("a look for our own", () => looks() === 3);
  expect(looks()).toBe(3);
});

test("the daemon is asked for what tells something, and not for the beats of health checks", async () => {
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

test("a stream that is lost is opened again, and what was missed is looked for", async () => {
  const daemon = await streaming();
  const looks = countLooks(daemon);
  for (let round = 0; round < 3; round += 1) {
    await until(`the stream is open in round ${round}`, () => looks() === 2 + round);
    daemon.hangUp();
  }
  await until("it is open again", () => daemon.open() === 1);
});

test("half a line, and what is no JSON, are passed over", async () => {
  let changes = 0;
  const daemon = await startDaemon((_, answer) => void answer.write(`nonsense\n\n{"Type":"service"`));
  const listening = changesOf(engineOn(daemon.socket), stack).subscribe(() => (changes += 1));
  onTestFinished(() => listening.unsubscribe());
  await until("the stream is open", () => changes === 1);
});

test("whoever stops listening hangs up, and ends the look that is under way", async () => {
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

test("a daemon that is away is asked for its events a few times a second, not all the time", async () => {
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
  ["just stirred", 0, 1, 25],
  ["stirred a second ago", 1_000, 1, 100],
  ["quiet", 10_000, 1, 1_000],
  ["just stirred, but a look takes long", 0, 50, 50],
])("%s: the next look is after its time", (_, sinceMs, tookMs, expected) => {
  expect(pauseMs(defaultPace, sinceMs, tookMs)).toBe(expected);
});
