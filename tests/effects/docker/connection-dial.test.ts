import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createChildRegistry } from "../../../src/effects/children/registry.js";
import { dialStdio } from "../../../src/effects/docker/connection-dial.js";
import { DialDropped } from "../../../src/effects/docker/engine-errors.js";
import { engineAt, startDaemon, type Daemon, type TestEngine } from "../../support/engine/daemon.js";
import { failureOf } from "../../support/failure-of.js";
import { expectNoProcesses, isAlive, until } from "../../support/processes.js";
import { sendSignal } from "../../support/signal.js";

const dials = resolve("tests/support/fixtures/dials.mjs");

const dialled = ({ socket }: Pick<Daemon, "socket">, more: Record<string, string> = {}): TestEngine => {
  const CCCI_RUN_COOKIE = randomBytes(8).toString("hex");
  // Registered first, so that it is asked after the engine was closed.
  onTestFinished(() => expectNoProcesses(CCCI_RUN_COOKIE));
  return engineAt({ kind: "dial", docker: dials, said: "far away" }, { CCCI_RUN_COOKIE, DIALS_TO: socket, ...more });
};

test("calls one after the other share one dial-stdio process", async () => {
  const daemon = await startDaemon((_, answer) => void answer.end(JSON.stringify({ long: "x".repeat(300_000) })));
  const { engine, registry } = dialled(daemon);
  for (let call = 0; call < 3; call += 1) expect(await engine.json("GET", "/services/a")).toEqual({ long: "x".repeat(300_000) });
  expect(daemon.connections()).toBe(1);
  expect(registry.alive()).toHaveLength(1);
});

test("when dial-stdio dies in the middle of an answer, the call fails as docker-unreachable with its last output", async () => {
  const daemon = await startDaemon((_, answer) => void answer.writeHead(200, { "Content-Length": "100000" }).write("[".repeat(50_000)));
  const { engine } = dialled(daemon, { DIES_AFTER: "20000" });
  expect(await failureOf(engine.json("GET", "/services"))).toMatchObject({
    code: "docker-unreachable",
    message: expect.stringContaining("the far end is gone") as string,
    exitCode: 69,
  });
});

test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
  "when %s reaches dial-stdio before it reaches us, the call waits for our own stop and then ends as aborted",
  async (signal) => {
    const daemon = await startDaemon(() => undefined);
    const { engine, registry } = dialled(daemon);
    const stop = new AbortController();
    const asking = failureOf(engine.json("GET", "/services", { signal: stop.signal }));
    await until("the call has come in", () => daemon.calls.length === 1);
    const [pid = 0] = registry.alive();
    sendSignal(pid, signal);
    await until("the process is gone", () => !isAlive(pid));
    setTimeout(() => stop.abort(), 15);
    expect(await asking).toMatchObject({ name: "AbortError" });
  },
);

test("when somebody kills dial-stdio in the middle of a call, the failure names the signal", async () => {
  const daemon = await startDaemon(() => undefined);
  const { engine, registry } = dialled(daemon);
  const asking = failureOf(engine.json("GET", "/services"));
  await until("the call has come in", () => daemon.calls.length === 1);
  sendSignal(registry.alive()[0] ?? 0, "SIGKILL");
  expect(await asking).toMatchObject({
    code: "docker-unreachable",
    message: expect.stringMatching(/dial-stdio was killed by SIGKILL/) as string,
    exitCode: 69,
  });
});

test("when dial-stdio cannot connect, the failure has its reason", async () => {
  const { engine } = dialled({ socket: "/nonexistent/docker.sock" });
  expect(await failureOf(engine.json("GET", "/services"))).toMatchObject({
    code: "docker-unreachable",
    message: expect.stringMatching(/far away.*ENOENT/) as string,
  });
});

test.each([
  ["one short write", ["POST / HTTP/1.1"], true],
  ["two writes, the first of which may have arrived", ["POST / ", "HTTP/1.1"], false],
  ["a long write, part of which may have arrived", ["x".repeat(5_000)], false],
])("when the docker client loses its ssh, a call is repeated only if the daemon cannot have seen it: %s", async (_, writes, mayBe) => {
  const scope = createChildRegistry().scope("work");
  const stream = await dialStdio(
    { scope, env: () => ({ PATH: process.env["PATH"] ?? "", LOSES_SSH: "" }), cwd: "/" },
    { kind: "dial", docker: dials, said: "far away" },
  );
  const failed = once(stream, "error");
  for (const write of writes) stream.write(write);
  const [error] = (await failed) as [unknown];
  expect(error).toMatchObject({ code: "docker-unreachable", message: expect.stringContaining("broken pipe") as string });
  expect(error instanceof DialDropped).toBe(mayBe);
});

test("when dial-stdio was gone before the write, the failure has its last output and the call may be repeated", async () => {
  const registry = createChildRegistry();
  const stream = await dialStdio(
    { scope: registry.scope("work"), env: () => ({ PATH: process.env["PATH"] ?? "", DIALS_TO: "/nonexistent/docker.sock" }), cwd: "/" },
    { kind: "dial", docker: dials, said: "far away" },
  );
  const failed = once(stream, "error");
  const [pid = 0] = registry.alive();
  // Its end is told in a later turn of this process. Its first thread is done a moment before the others let go of its pipes.
  const isThere = (): boolean => isAlive(pid) || readdirSync(`/proc/${pid}/task`).length > 1;
  for (const until = Date.now() + 10_000; isThere() && Date.now() < until;) continue;
  stream.write("POST / HTTP/1.1");
  const [error] = (await failed) as [unknown];
  expect(error).toMatchObject({ code: "docker-unreachable", message: expect.stringContaining("ENOENT") as string });
  expect(error).toBeInstanceOf(DialDropped);
});

test("when dial-stdio was killed between two calls, the next call starts another", async () => {
  const daemon = await startDaemon((_, answer) => void answer.end("[]"));
  const { engine, registry } = dialled(daemon);
  await engine.json("GET", "/services");
  const [pid = 0] = registry.alive();
  sendSignal(pid, "SIGKILL");
  await until("the process is gone", () => registry.alive().length === 0);
  expect(await engine.json("GET", "/services")).toEqual([]);
  expect(daemon.connections()).toBe(2);
});

test("when a call is aborted, its dial-stdio process ends", async () => {
  const daemon = await startDaemon(() => undefined);
  const { engine, registry } = dialled(daemon);
  const stop = new AbortController();
  const asking = failureOf(engine.json("GET", "/services", { signal: stop.signal }));
  await until("the call has come in", () => daemon.calls.length === 1);
  const [pid = 0] = registry.alive();
  stop.abort();
  expect(await asking).toMatchObject({ name: "AbortError" });
  await until("the process is gone", () => !isAlive(pid));
});

test("when the scope drains, its dial-stdio processes end and their calls fail as scope-closed", async () => {
  const daemon = await startDaemon(() => undefined);
  const { engine, registry } = dialled(daemon);
  const asking = failureOf(engine.json("GET", "/services"));
  await until("the call has come in", () => daemon.calls.length === 1);
  await registry.scope("work").drain(1_000);
  expect(registry.alive()).toEqual([]);
  expect(await asking).toMatchObject({ code: "scope-closed" });
});

test("when there is no docker client, the call fails as no-such-command", async () => {
  const { engine } = engineAt({ kind: "dial", docker: "/nonexistent/docker", said: "far" });
  expect(await failureOf(engine.json("GET", "/services"))).toMatchObject({ code: "no-such-command" });
});
