import type { IncomingMessage, ServerResponse } from "node:http";
import { expect, test } from "vitest";
import { lookAtStack, ownNode } from "../../../src/effects/docker/look-at-stack.js";
import { app } from "../../support/explore/samples.js";
import { engineOn, startDaemon } from "../../support/engine/daemon.js";

const now = (): string => new Date().toISOString();
const spec = { ContainerSpec: { Image: "hello:1" } };
const services = [{ ID: "s", Version: { Index: 1 }, CreatedAt: now(), Spec: { Name: `${app.stack}_app`, Labels: {}, Mode: { Replicated: { Replicas: 2 } }, TaskTemplate: spec } }];
const task = (ID: string, NodeID: string) => ({ ID, ServiceID: "s", Slot: 1, NodeID, CreatedAt: now(), DesiredState: "running", Spec: spec, Status: { Timestamp: now(), State: "running", ContainerStatus: { ContainerID: `c-${ID}` } } });

interface Answers {
  readonly info: () => object | Promise<object>;
  readonly containers?: readonly object[];
}

const answering = ({ info, containers = [] }: Answers) => async (request: IncomingMessage, answer: ServerResponse): Promise<void> => {
  const path = (request.url ?? "").split("?", 1)[0] ?? "";
  const said = path.endsWith("/services") ? services : path.endsWith("/tasks") ? [task("a", "here"), task("b", "here"), task("c", "there")] : path.endsWith("/containers/json") ? containers : await info();
  answer.end(JSON.stringify(said));
};

const look = async (answers: Answers, { doubts = false } = {}) => {
  const { socket } = await startDaemon((request, answer) => void answering(answers)(request, answer));
  const engine = engineOn(socket);
  const { signal } = new AbortController();
  return lookAtStack(engine, app.stack, signal, doubts ? { doubted: await ownNode(engine, signal) } : {});
};

test("in doubt, a task of the engine's own node whose container does not run is unreported, whatever the Swarm says of it", async () => {
  const info = () => ({ SystemTime: now(), Swarm: { NodeID: "here" } });
  const states = async (how: { readonly doubts?: boolean }) => Object.fromEntries((await look({ info, containers: [{ Id: "c-a" }] }, how)).services[0]?.tasks.map(({ id, state }) => [id, state]) ?? []);
  expect(await states({ doubts: true })).toEqual({ a: "running", b: "unreported", c: "running" });
  expect(await states({})).toEqual({ a: "running", b: "running", c: "running" });
});

test("a daemon that takes long to tell its time is not taken for one whose clock is ahead", async () => {
  const slow = async () => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    return { SystemTime: now() };
  };
  const { at } = await look({ info: slow });
  expect(at).toBeLessThanOrEqual(Date.now());
});

test("a look has the time of the engine's clock, where that is another", async () => {
  const { at } = await look({ info: () => ({ SystemTime: new Date(Date.now() + 60_000).toISOString() }) });
  expect(at - Date.now()).toBeGreaterThan(50_000);
});
