import { createActor, toPromise } from "xstate";
import { expect, test } from "vitest";
import { gatherEvidence } from "../../../src/effects/docker/gather-evidence.js";
import { createTeller } from "../../../src/effects/docker/observe-stack.js";
import { rememberSecret } from "../../../src/effects/redact.js";
import { app, failure } from "../../support/explore/samples.js";
import { engineOn, startDaemon } from "../../support/engine/daemon.js";
import { look, service, task } from "../../support/stacks/builders.js";

const iso = (ms: number): string => new Date(ms).toISOString();
const spec = { ContainerSpec: { Image: "hello:1" } };
const name = `${app.stack}_app`;

const services = [{ ID: "s", Version: { Index: 1 }, CreatedAt: iso(0), Spec: { Name: name, Labels: {}, Mode: { Replicated: { Replicas: 1 } }, TaskTemplate: spec } }];

const taskOf = (ID: string, State: string, ContainerID: string, more: object = {}) => ({ ID, ServiceID: "s", Slot: 1, NodeID: "n", CreatedAt: iso(State === "failed" ? 0 : 9), DesiredState: State === "failed" ? "shutdown" : "running", Spec: spec, Status: { Timestamp: iso(9), State, ContainerStatus: { ContainerID, ExitCode: State === "failed" ? 3 : 0 }, ...more } });

/** As the daemon frames a log: the stream, three zeros, the length. */
const framed = (text: string): Buffer => {
  const header = Buffer.alloc(8);
  header.writeUInt8(2, 0);
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
};

const gather = async (socket: string): Promise<readonly string[]> => {
  const actor = createActor(gatherEvidence(engineOn(socket)), { input: { app, settled: null } });
  actor.start();
  return (await toPromise(actor)).lines;
};

test("evidence has the last words of the task that died, and the health check of the one that is not healthy", async () => {
  rememberSecret("hunter2hunter2");
  const { socket } = await startDaemon((request, answer) => {
    const path = (request.url ?? "").split("?", 1)[0] ?? "";
    if (path.endsWith("/info")) return void answer.end("{}");
    if (path.endsWith("/services")) return void answer.end(JSON.stringify(services));
    if (path.endsWith("/tasks")) return void answer.end(JSON.stringify([taskOf("dead", "failed", "c1", { Err: "task: non-zero exit (3)" }), taskOf("late", "starting", "c2")]));
    if (path.endsWith("/tasks/dead/logs")) return void answer.end(Buffer.concat([framed("cannot reach the queue\n"), framed("the password is hunter2"), framed("hunter2\n")]));
    if (path.endsWith("/tasks/late/logs")) return void answer.writeHead(500).end(JSON.stringify({ message: "configured logging driver does not support reading" }));
    if (path.endsWith("/containers/c2/json")) return void answer.end(JSON.stringify({ Id: "c2", Name: "/c2", State: { Health: { Log: [{ ExitCode: 7, Output: "connection refused\n" }, { ExitCode: 0, Output: "fine\n" }] } } }));
    return void answer.writeHead(404).end(JSON.stringify({ message: "no such container" }));
  });
  const lines = await gather(socket);
  expect(lines.slice(0, 2)).toEqual([`last words of ${name}.1 (exit code 3):`, "  cannot reach the queue"]);
  expect(lines.join("\n")).not.toContain("hunter2");
  expect(lines.join("\n")).toContain("configured logging driver does not support reading");
  expect(lines).toContain(`health check of ${name}.1: exit code 7`);
  expect(lines).toContain("  connection refused");
});

test("a look that shows nothing new is told as such, and the longer nothing changes the seldomer", () => {
  const tell = createTeller();
  const at = (ms: number) => tell(look(ms, service()));
  expect(at(1_000)).toMatchObject({ type: "stack.seen", services: [{ name: "hello_app" }] });
  expect(at(1_500)).toEqual({ type: "stack.seen", at: 1_500, services: null });
  const told = Array.from({ length: 600 }, (_, n) => at(2_000 + n * 500)).filter((event) => event !== null);
  expect(told.length).toBeLessThan(170);
  expect(tell(look(400_000, service({ tasks: [task({ state: "failed" })] })))).toMatchObject({ services: [{ tasks: [{ state: "failed" }] }] });
});

test("a daemon that does not answer is told once, not at each try, and the first look after it in full", () => {
  const tell = createTeller();
  expect(tell(look(1_000, service()))).not.toBeNull();
  expect([2_000, 2_200, 2_400].map((at) => tell({ at, failure })?.type ?? null)).toEqual(["stack.unreadable", null, null]);
  expect(tell(look(3_000, service()))).toMatchObject({ services: [{ name: "hello_app" }] });
});
