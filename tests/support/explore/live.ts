import { createActor, fromCallback, fromPromise, type AnyActor, type AnyMachineSnapshot, type EventObject } from "xstate";
import { portKind } from "../port-kind.js";
import type { ChartUnderTest, Told } from "./chart.js";
import { PickedClock } from "./picked-clock.js";

interface Waiting {
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** A chart that really runs, with actors that do what the test says and a clock that it moves. */
export interface Live {
  readonly actor: AnyActor;
  readonly clock: PickedClock;
  /** Ids of actors in the order in which they really began. */
  readonly started: readonly string[];
  readonly tell: (told: Told) => Promise<void>;
  readonly snapshot: () => AnyMachineSnapshot;
  readonly stop: () => void;
}

/** Promises of promises settle before this does. */
const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

const delayMs = (chart: ChartUnderTest, snapshot: AnyMachineSnapshot, name: string): number => {
  const delay = (chart.machine.implementations.delays as Readonly<Record<string, unknown>>)[name];
  return Number(
    typeof delay === "function" ? (delay as (given: unknown) => unknown)({ context: snapshot.context, event: { type: "now" } }) : delay,
  );
};

/** Promises, child machines and streams alike: each waits until it is told how it ends. Callbacks only listen. */
const scripted = (logic: unknown, waiting: Map<string, Waiting>, started: string[]): unknown => {
  if (typeof logic === "object" && logic !== null && portKind(logic) === "callback")
    return fromCallback<EventObject>(({ self, receive }) => {
      started.push(self.id);
      receive((event) => {
        throw (event as unknown as { readonly error: unknown }).error;
      });
    });
  return fromPromise(
    ({ self }) =>
      new Promise((resolve, reject) => {
        started.push(self.id);
        waiting.set(self.id, { resolve, reject });
      }),
  );
};

export const live = (chart: ChartUnderTest): Live => {
  const waiting = new Map<string, Waiting>();
  const started: string[] = [];
  const clock = new PickedClock();
  const actors = Object.fromEntries(
    Object.entries(chart.machine.implementations.actors as Readonly<Record<string, unknown>>).map(([name, logic]) => [
      name,
      scripted(logic, waiting, started),
    ]),
  );
  const actor = createActor(chart.machine.provide({ actors: actors as never }), {
    input: chart.input,
    clock: clock,
  }) as unknown as AnyActor;
  actor.subscribe({ error: () => undefined });
  actor.start();
  const snapshot = (): AnyMachineSnapshot => actor.getSnapshot() as AnyMachineSnapshot;

  const tell = async ({ name, event }: Told): Promise<void> => {
    const [verb, subject = ""] = name.split(" ");
    const given = event as EventObject & { readonly output?: unknown; readonly error?: unknown };
    if (verb === "after") {
      if (!clock.end(delayMs(chart, snapshot(), subject))) throw new Error(`${name}: no such delay is running`);
    } else if (event.type.startsWith("xstate.done.actor.")) waiting.get(subject)?.resolve(given.output);
    else if (event.type.startsWith("xstate.error.actor.")) {
      const child = waiting.get(subject);
      // A callback's error has no way in from outside: it is told as xstate would.
      if (child === undefined) actor.send(event);
      else child.reject(given.error);
    } else actor.send(event);
    await settled();
  };

  return { actor, clock, started, tell, snapshot, stop: () => actor.stop() };
};
