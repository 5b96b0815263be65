import { setTimeout as pause } from "node:timers/promises";
import { createChildRegistry } from "../src/effects/children/registry.js";
import { createConnection } from "../src/effects/docker/connection.js";
import { resolveEndpoint } from "../src/effects/docker/endpoint.js";
import { createEngine, type Engine } from "../src/effects/docker/engine.js";
import { looksAt } from "../src/effects/docker/engine-events.js";
import type { Service, Task } from "../src/effects/docker/engine-schema.js";
import { stackFilter, stackLabelName } from "../src/effects/docker/stack-label.js";
import type { StackName } from "../src/machines/vocabulary.js";
import { median, percentile, type Row } from "./row.js";

const rounds = 6;
const stack = `bench-${process.pid}` as StackName;
const image = "local/echo-app:1.0.0";

/** For each task, its states in order, with the time at which each was first seen. */
type Sightings = Map<string, { readonly state: string; readonly at: number }[]>;

const keep = (sightings: Sightings, tasks: readonly Task[]): void => {
  const at = performance.now();
  for (const { ID, Status } of tasks) {
    const seen = sightings.get(ID) ?? [];
    if (seen.at(-1)?.state !== Status.State) seen.push({ state: Status.State, at });
    sightings.set(ID, seen);
  }
};

const engine = (): Engine => {
  const given = Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined));
  const endpoint = resolveEndpoint({ docker: "docker", sandbox: null, env: given });
  return createEngine(createConnection({ endpoint, scope: createChildRegistry().scope("work"), env: () => given, cwd: "/" }));
};

const tasksOf = (of: Engine, signal: AbortSignal): Promise<readonly Task[]> =>
  of.json<readonly Task[]>("GET", "/tasks", { query: { filters: stackFilter(stack) }, signal });

/** Creates a service, kills its container once it runs, waits until it runs again, and removes it. */
const stir = async (of: Engine): Promise<void> => {
  const TaskTemplate = {
    ContainerSpec: { Image: image, Labels: { [stackLabelName]: stack }, Env: ["PORT=8080"] },
    RestartPolicy: { Condition: "any", Delay: 0 },
  };
  const body = { Name: stack, Labels: { [stackLabelName]: stack }, TaskTemplate, Mode: { Replicated: { Replicas: 1 } } };
  const { ID } = await of.json<Service>("POST", "/services/create", { body });
  const running = async (): Promise<Task> => {
    for (;;) {
      const found = (await tasksOf(of, AbortSignal.timeout(30_000))).find(
        ({ Status, DesiredState }) => Status.State === "running" && DesiredState === "running",
      );
      if (found !== undefined) return found;
      await pause(20);
    }
  };
  const { Status } = await running();
  await pause(200 + Math.random() * 1_500);
  // The container may have ended by itself since then. That is a change too.
  await of.json("POST", `/containers/${Status.ContainerStatus?.ContainerID ?? ""}/kill`).catch(() => undefined);
  await pause(400);
  await running();
  await pause(200 + Math.random() * 1_500);
  await of.json("DELETE", `/services/${ID}`);
  await pause(300);
};

/** How much later our observer learns of each state of each task than one that asks the engine all the time. */
export const changeLatency = async (): Promise<readonly Row[]> => {
  const [theirs, ours]: [Sightings, Sightings] = [new Map(), new Map()];
  const ended = new AbortController();
  const watching = (async () => {
    for (const own = engine(); !ended.signal.aborted; await pause(3)) keep(theirs, await tasksOf(own, AbortSignal.timeout(5_000)));
  })();
  const looked = engine();
  let looks = 0;
  const listening = looksAt(looked, stack, async (signal) => {
    looks += 1;
    keep(ours, await tasksOf(looked, signal).catch(() => []));
  }).subscribe();
  const acting = engine();
  const began = performance.now();
  try {
    for (let round = 0; round < rounds; round += 1) await stir(acting);
  } finally {
    listening.unsubscribe();
    ended.abort();
    await watching;
    await acting.json("DELETE", `/services/${stack}`).catch(() => undefined);
  }
  const seconds = (performance.now() - began) / 1_000;
  const lags = [...theirs].flatMap(([id, states]) => {
    // If our observer missed a state, it knew of it when it saw a later one.
    const later = (index: number): number | undefined => {
      const after = new Set(states.slice(index).map(({ state }) => state));
      return ours.get(id)?.find(({ state }) => after.has(state))?.at;
    };
    return states.flatMap(({ at }, index) => {
      const known = later(index);
      return known === undefined ? [] : [Math.max(0, known - at)];
    });
  });
  const row = (name: string, lag: number, most: number | null): Row => ({
    name,
    ours: lag,
    against: "",
    reference: null,
    unit: "ms",
    goal: most === null ? null : { kind: "alone", most },
  });
  console.error(`${lags.length} changes in ${rounds} rounds, ${(looks / seconds).toFixed(1)} looks a second`);
  return [
    row("the Swarm's change → we know, median", median(lags), null),
    row("the Swarm's change → we know, p99", percentile(lags, 0.99), 150),
  ];
};
