import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createActor, toPromise } from "xstate";
import { judgeStack } from "../../../src/machines/convergence/judge-stack.js";
import { follow, watchFromNow } from "../../../src/machines/convergence/stack-watch.js";
import type { StackSnapshot } from "../../../src/machines/convergence/stack.types.js";
import { lookAtStack, lookUntilAnswered, ownNode } from "../../../src/effects/docker/look-at-stack.js";
import { stackSnapshot } from "../../../src/effects/docker/stack-snapshot.js";
import { app } from "../../support/explore/samples.js";
import { engineOn, startDaemon } from "../../support/engine/daemon.js";

const now = (): string => new Date().toISOString();
const spec = { ContainerSpec: { Image: "hello:1" } };
const services = [
  {
    ID: "s",
    Version: { Index: 1 },
    CreatedAt: now(),
    Spec: { Name: `${app.stack}_app`, Labels: {}, Mode: { Replicated: { Replicas: 2 } }, TaskTemplate: spec },
  },
];
const task = (ID: string, NodeID: string) => ({
  ID,
  ServiceID: "s",
  Slot: 1,
  NodeID,
  CreatedAt: now(),
  DesiredState: "running",
  Spec: spec,
  Status: { Timestamp: now(), State: "running", ContainerStatus: { ContainerID: `c-${ID}` } },
});

interface Answers {
  readonly info: () => object | Promise<object>;
  readonly containers?: readonly object[];
}

const answering =
  ({ info, containers = [] }: Answers) =>
  async (request: IncomingMessage, answer: ServerResponse): Promise<void> => {
    const path = (request.url ?? "").split("?", 1)[0] ?? "";
    const said = path.endsWith("/services")
      ? services
      : path.endsWith("/tasks")
        ? [task("a", "here"), task("b", "here"), task("c", "there")]
        : path.endsWith("/containers/json")
          ? containers
          : await info();
    answer.end(JSON.stringify(said));
  };

const look = async (answers: Answers, { doubts = false } = {}) => {
  const { socket } = await startDaemon((request, answer) => void answering(answers)(request, answer));
  const engine = engineOn(socket);
  const { signal } = new AbortController();
  return lookAtStack(engine, app.stack, signal, doubts ? { doubted: await ownNode(engine, signal) } : {});
};

test("when the Swarm is doubted, a task of the engine's own node counts as unreported unless its container runs", async () => {
  const info = () => ({ SystemTime: now(), Swarm: { NodeID: "here" } });
  const states = async (how: { readonly doubts?: boolean }) =>
    Object.fromEntries(
      (await look({ info, containers: [{ Id: "c-a" }] }, how)).services[0]?.tasks.map(({ id, state }) => [id, state]) ?? [],
    );
  expect(await states({ doubts: true })).toEqual({ a: "running", b: "unreported", c: "running" });
  expect(await states({})).toEqual({ a: "running", b: "running", c: "running" });
});

test("when a service changes between the two calls of a look, the look has its new version along with the tasks taken down", async () => {
  let asked = 0;
  const { socket } = await startDaemon((request, answer) => {
    const path = (request.url ?? "").split("?", 1)[0] ?? "";
    if (path.endsWith("/services")) asked += 1;
    const said = path.endsWith("/services")
      ? services.map((one) => ({ ...one, Version: { Index: asked } }))
      : path.endsWith("/tasks")
        ? [{ ...task("a", "here"), DesiredState: "shutdown", UpdatedAt: now() }]
        : { SystemTime: now() };
    answer.end(JSON.stringify(said));
  });
  const seen = await lookAtStack(engineOn(socket), app.stack, new AbortController().signal);
  expect(seen.services).toMatchObject([{ version: 2, tasks: [{ id: "a", desired: "shutdown" }] }]);
});

test("when the daemon was restarted, the last look counts a task as unreported though the Swarm still lists it as running", async () => {
  const { socket } = await startDaemon((request, answer) => {
    const path = (request.url ?? "").split("?", 1)[0] ?? "";
    const listed = path.endsWith("/services") ? services : path.endsWith("/tasks") ? [task("a", "here")] : [];
    answer.end(JSON.stringify(path.endsWith("/info") ? { SystemTime: now(), Swarm: { NodeID: "here" } } : listed));
  });
  const { look: last } = await toPromise(
    createActor(
      lookUntilAnswered(engineOn(socket), () => 1),
      { input: { app } },
    ).start(),
  );
  expect(last.services[0]?.tasks.map(({ state }) => state)).toEqual(["unreported"]);
});

test("when an update is only forced, what the service is asked to be stays equal; any other change of its spec shows", () => {
  const container = { Image: "a:1", Env: ["A=1"] };
  const askedOf = (TaskTemplate: object, Replicas = 1, more: object = {}) =>
    stackSnapshot(0, [{ ID: "s", Spec: { Name: "s_a", Mode: { Replicated: { Replicas } }, TaskTemplate, ...more } }], []).services[0]
      ?.asked;
  const first = askedOf({ ContainerSpec: container });
  expect(askedOf({ ContainerSpec: container, ForceUpdate: 2 })).toEqual(first);
  expect(askedOf({ ContainerSpec: { ...container, Image: "a:2" } })).toEqual({ ...first, image: "a:2" });
  expect(askedOf({ ContainerSpec: container }, 0)).toEqual({ ...first, replicas: 0 });
  expect(askedOf({ ContainerSpec: { ...container, Env: ["A=2"] } })?.rest).not.toBe(first?.rest);
  expect(askedOf({ ContainerSpec: container }, 1, { Labels: { a: "b" } })?.rest).not.toBe(first?.rest);
});

test("when the daemon answers slowly, its clock is not taken for one that is ahead", async () => {
  const slow = async () => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    return { SystemTime: now() };
  };
  const { at } = await look({ info: slow });
  expect(at).toBeLessThanOrEqual(Date.now());
});

test("when the engine's clock differs from ours, a look has the engine's time", async () => {
  const { at } = await look({ info: () => ({ SystemTime: new Date(Date.now() + 60_000).toISOString() }) });
  expect(at - Date.now()).toBeGreaterThan(50_000);
});

describe("when a clock is set while an app comes up, the stack settles once its tasks have run long enough:", () => {
  const settledAfter = async (looks: (daemon: { tasksAt: number; ahead: number }) => void): Promise<string> => {
    const daemon = { tasksAt: Date.now(), ahead: 0 };
    const { socket } = await startDaemon((request, answer) => {
      const path = (request.url ?? "").split("?", 1)[0] ?? "";
      const at = new Date(daemon.tasksAt).toISOString();
      const one = { ...task("a", "here"), CreatedAt: at, Status: { ...task("a", "here").Status, Timestamp: at } };
      const service = services.map((each) => ({ ...each, CreatedAt: at, Spec: { ...each.Spec, Mode: { Replicated: { Replicas: 1 } } } }));
      answer.end(
        JSON.stringify(
          path.endsWith("/services")
            ? service
            : path.endsWith("/tasks")
              ? [one]
              : { SystemTime: new Date(Date.now() + daemon.ahead).toISOString() },
        ),
      );
    });
    const engine = engineOn(socket);
    const seen = (): Promise<StackSnapshot> => lookAtStack(engine, app.stack, new AbortController().signal);
    const first = follow(watchFromNow, await seen(), rules);
    looks(daemon);
    const second = follow(first, await seen(), rules);
    await pause(rules.monitorMs + 20);
    return judgeStack(follow(second, await seen(), rules), rules).kind;
  };
  const rules = { monitorMs: 100, crashDeaths: 5, crashMs: 60_000 };
  const hours = 3 * 3_600_000;

  afterEach(() => vi.useRealTimers());

  test.each([
    ["forward", hours],
    ["back", -hours],
  ])("our own, %s by hours", async (_, ms) => {
    expect(
      await settledAfter(() => {
        vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + ms });
      }),
    ).toBe("settled");
  });

  test("the engine's, forward by hours, as after its host slept", async () => {
    expect(
      await settledAfter((daemon) => {
        daemon.tasksAt += hours;
      }),
    ).toBe("settled");
  });
});
