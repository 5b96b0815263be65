import { createServer } from "node:net";
import { expect, test } from "vitest";
import { isNotFound, isPassing, isRefused } from "../../../src/effects/docker/engine-errors.js";
import { engineAt, engineOn, listen, startDaemon, type Handler } from "../../support/engine/daemon.js";
import { failureOf } from "../../support/failure-of.js";

const json =
  (value: unknown, status = 200): Handler =>
  (_, answer) =>
    void answer.writeHead(status).end(JSON.stringify(value));

test("the client sends filters as JSON, so that a comma in a label's value separates nothing", async () => {
  const daemon = await startDaemon(json([]));
  const label = "com.docker.stack.namespace=a,b=c";

  await engineOn(daemon.socket).json("GET", "/services", { query: { filters: { label: [label] }, status: true, none: undefined } });

  const asked = new URL(daemon.calls[0]?.replace("GET ", "http://docker") ?? "");
  expect(asked.pathname).toBe("/v1.41/services");
  expect(Object.fromEntries(asked.searchParams)).toEqual({ filters: JSON.stringify({ label: [label] }), status: "true" });
});

test("one connection serves call after call", async () => {
  const daemon = await startDaemon(json([]));
  const engine = engineOn(daemon.socket);
  for (let call = 0; call < 5; call += 1) await engine.json("GET", "/services");
  expect(daemon.connections()).toBe(1);
});

test("many calls at once share a few connections", async () => {
  const daemon = await startDaemon((_, answer) => void setTimeout(() => answer.end("[]"), 5));
  const engine = engineOn(daemon.socket);
  await Promise.all(Array.from({ length: 50 }, () => engine.json("GET", "/tasks")));
  expect(daemon.calls).toHaveLength(50);
  expect(daemon.connections()).toBeLessThanOrEqual(8);
});

test("when an answer has no body, the call resolves with undefined", async () => {
  const daemon = await startDaemon((_, answer) => void answer.writeHead(204).end());
  expect(await engineOn(daemon.socket).json("DELETE", "/services/a")).toBeUndefined();
});

test("the client sends an object as JSON and bytes unchanged", async () => {
  const bodies: string[] = [];
  const daemon = await startDaemon((request, answer) => {
    let text = `${request.headers["content-type"] ?? ""} `;
    request.on("data", (chunk) => (text += String(chunk)));
    request.on("end", () => {
      bodies.push(text);
      answer.end("{}");
    });
  });
  const engine = engineOn(daemon.socket);
  await engine.json("POST", "/secrets/create", { body: { Name: "a" } });
  (await engine.stream("PUT", "/containers/a/archive", { body: Buffer.from("tar") })).resume();
  expect(bodies).toEqual(['application/json {"Name":"a"}', "application/x-tar tar"]);
});

test.each<readonly [path: string, answers: readonly unknown[]]>([
  ["/services", [{}, "x", 42, [null], [{ ID: "a" }], [{ ID: "a", Spec: null }], [{ ID: "a", Spec: { Name: 7 } }]]],
  ["/tasks", [{ ID: "a" }, [{ ID: "a", ServiceID: "b", DesiredState: "running" }]]],
  ["/containers/json", [{}, [{}], [[]]]],
  ["/networks", [[{ Id: "a" }]]],
  ["/volumes", [null, [], { Volumes: 5 }, { Volumes: [null] }]],
  ["/swarm", [null, {}, { Spec: null }]],
  ["/info", [null, [], "x"]],
])("when the answer to %s is JSON of another shape than the Engine's, the call fails as docker-garbage", async (path, answers) => {
  for (const answer of answers) {
    const { socket } = await startDaemon(json(answer));
    expect(await failureOf(engineOn(socket).json("GET", path)), JSON.stringify(answer)).toMatchObject({
      code: "docker-garbage",
      exitCode: 69,
    });
  }
});

test("when a list is asked for, an answer without a body fails the call, and null is an empty list", async () => {
  const silent = await startDaemon((_, answer) => void answer.end());
  expect(await failureOf(engineOn(silent.socket).json("GET", "/services"))).toMatchObject({ code: "docker-garbage" });
  const nothing = await startDaemon(json(null));
  expect(await engineOn(nothing.socket).json("GET", "/services")).toEqual([]);
});

test("when the daemon's version is null, the call fails as docker-garbage", async () => {
  const { socket } = await listen(
    createServer((one) => void one.on("data", () => one.end("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnull"))),
  );
  expect(await failureOf(engineOn(socket).json("GET", "/info"))).toMatchObject({ code: "docker-garbage" });
});

test.each([
  [404, "service a not found", { code: "docker-refused", status: 404 }, isNotFound],
  [409, "volume is in use", { code: "docker-refused", status: 409 }, isRefused],
  [500, "rpc error", { code: "docker-refused", status: 500 }, isPassing],
])("when the daemon refuses with %i, the failure has its status and message", async (status, message, shape, holds) => {
  const daemon = await startDaemon(json({ message }, status));
  const failure = await failureOf(engineOn(daemon.socket).json("GET", "/services/a"));
  expect(failure).toMatchObject({ ...shape, exitCode: 69, message: expect.stringContaining(message) as string });
  expect(holds(failure)).toBe(true);
});

test("a 503 fails as no-swarm at the Swarm's own calls and as docker-refused at any other", async () => {
  const daemon = await startDaemon(json({ message: "This node is not a swarm manager." }, 503));
  const engine = engineOn(daemon.socket);
  const failure = await failureOf(engine.json("GET", "/tasks"));
  expect(failure).toMatchObject({ code: "no-swarm", details: ["This node is not a swarm manager."] });
  // So does a daemon on its way down: a teardown asks again.
  expect(isPassing(failure)).toBe(true);
  expect(await failureOf(engine.json("GET", "/containers/json"))).toMatchObject({ code: "docker-refused", status: 503 });
});

test("when the daemon hangs in the middle of an answer, the call fails as docker-hung once its budget is over", async () => {
  const daemon = await startDaemon((_, answer) => void answer.write('[{"ID":"half'));
  expect(await failureOf(engineOn(daemon.socket).json("GET", "/services", { limitMs: 300 }))).toMatchObject({
    code: "docker-hung",
    exitCode: 69,
  });
});

test("when the daemon accepts the connection and does not answer, calls and streams fail as docker-hung", async () => {
  const { socket } = await listen(createServer(() => undefined));
  const engine = engineOn(socket);
  expect(await failureOf(engine.json("GET", "/services", { limitMs: 100 }))).toMatchObject({ code: "docker-hung" });
  expect(await failureOf(engine.stream("GET", "/events", { limitMs: 100 }))).toMatchObject({ code: "docker-hung" });
});

test("once a stream has begun, its budget no longer counts", async () => {
  const daemon = await startDaemon((_, answer) => {
    answer.write("one\n");
    setTimeout(() => answer.end("two\n"), 400);
  });
  const chunks = await (await engineOn(daemon.socket).stream("GET", "/events", { limitMs: 200 })).toArray();
  expect(chunks.map(String).join("")).toBe("one\ntwo\n");
});

test("when the daemon hangs up in the middle of an answer, the call fails as docker-unreachable", async () => {
  const daemon = await startDaemon((_, answer) => {
    answer.writeHead(200, { "Content-Length": "1000" }).write("[");
    setTimeout(() => answer.destroy(), 20);
  });
  const failure = await failureOf(engineOn(daemon.socket).json("GET", "/services"));
  expect(failure).toMatchObject({ code: "docker-unreachable" });
  expect(isPassing(failure)).toBe(true);
});

test("when the answer is not JSON or not HTTP, the call fails as docker-garbage", async () => {
  const daemon = await startDaemon((_, answer) => void answer.end("<html>"));
  expect(await failureOf(engineOn(daemon.socket).json("GET", "/services"))).toMatchObject({ code: "docker-garbage", details: ["<html>"] });
  const { socket } = await listen(createServer((client) => void client.write("SSH-2.0-OpenSSH\r\n")));
  expect(await failureOf(engineOn(socket).json("GET", "/services"))).toMatchObject({ code: "docker-garbage" });
});

test("when an answer does not end, the client cuts it off", async () => {
  const daemon = await startDaemon((_, answer) => {
    const more = (): void => {
      while (answer.write(Buffer.alloc(1024 * 1024, " ")));
      answer.once("drain", more);
    };
    more();
  });
  expect(await failureOf(engineOn(daemon.socket).json("GET", "/services"))).toMatchObject({
    code: "docker-garbage",
    message: expect.stringContaining("longer than") as string,
  });
});

test("when there is no socket, the call fails as docker-unreachable and names the path", async () => {
  const failure = await failureOf(engineOn("/nonexistent/docker.sock").json("GET", "/services"));
  expect(failure).toMatchObject({
    code: "docker-unreachable",
    exitCode: 69,
    message: expect.stringMatching(/\/nonexistent\/docker\.sock does not answer: there is no such socket$/) as string,
    hint: expect.stringMatching(/installed/) as string,
  });
});

test("when a call is aborted, it rejects at once with the signal's reason", async () => {
  const daemon = await startDaemon(() => undefined);
  const stop = new AbortController();
  const asking = failureOf(engineOn(daemon.socket).json("GET", "/services", { signal: stop.signal }));
  const reason = new Error("enough");
  stop.abort(reason);
  expect(await asking).toBe(reason);
});

test("when the scope closes, the calls in flight fail and later ones are refused", async () => {
  const daemon = await startDaemon(() => undefined);
  const { engine, registry } = engineAt({ kind: "socket", path: daemon.socket });
  const asking = failureOf(engine.json("GET", "/services"));
  await registry.scope("work").drain(100);
  expect(await asking).toMatchObject({ code: "scope-closed" });
  expect(await failureOf(engine.json("GET", "/services"))).toMatchObject({ code: "scope-closed" });
});

test("when the daemon has closed a kept connection, the next call opens another", async () => {
  const daemon = await startDaemon((_, answer) => {
    answer.end("[]");
    // The client may find out only when it writes again.
    answer.once("close", () => answer.socket?.destroy());
  });
  const engine = engineOn(daemon.socket);
  for (let call = 0; call < 20; call += 1) expect(await engine.json("GET", "/services")).toEqual([]);
});

test.each([
  [{ ApiVersion: "1.41", MinAPIVersion: "1.12" }, "1.41"],
  [{ ApiVersion: "1.51", MinAPIVersion: "1.24" }, "1.41"],
  [{ ApiVersion: "1.52", MinAPIVersion: "1.44" }, "1.44"],
])("the client speaks to an Engine of %j in version %s", async (version, spoken) => {
  const daemon = await startDaemon(json([]), version);
  await engineOn(daemon.socket).json("GET", "/services");
  expect(daemon.calls).toEqual([`GET /v${spoken}/services`]);
});

test("when the Engine is too old, the failure names its version", async () => {
  const daemon = await startDaemon(json([]), { ApiVersion: "1.40" });
  expect(await failureOf(engineOn(daemon.socket).json("GET", "/services"))).toMatchObject({ code: "docker-too-old", exitCode: 69 });
  expect(daemon.calls).toEqual([]);
});
