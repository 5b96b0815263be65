import { createServer } from "node:net";
import { expect, test } from "vitest";
import { isNotFound, isPassing, isRefused } from "../../../src/effects/docker/engine-errors.js";
import { engineAt, engineOn, listen, startDaemon, type Handler } from "../../support/engine/daemon.js";
import { failureOf } from "../../support/failure-of.js";

const json =
  (value: unknown, status = 200): Handler =>
  (_, answer) =>
    void answer.writeHead(status).end(JSON.stringify(value));

test("a filter goes to the daemon as JSON, so that a comma in a label's value is only a comma", async () => {
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

test("many calls at once are answered by a few connections", async () => {
  const daemon = await startDaemon((_, answer) => void setTimeout(() => answer.end("[]"), 5));
  const engine = engineOn(daemon.socket);
  await Promise.all(Array.from({ length: 50 }, () => engine.json("GET", "/tasks")));
  expect(daemon.calls).toHaveLength(50);
  expect(daemon.connections()).toBeLessThanOrEqual(8);
});

test("an answer without a body is undefined", async () => {
  const daemon = await startDaemon((_, answer) => void answer.writeHead(204).end());
  expect(await engineOn(daemon.socket).json("DELETE", "/services/a")).toBeUndefined();
});

test("a body goes out as JSON, and bytes as they are", async () => {
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
])("an answer to %s that is JSON and not the Engine's is garbage, and no bug of ours", async (path, answers) => {
  for (const answer of answers) {
    const { socket } = await startDaemon(json(answer));
    expect(await failureOf(engineOn(socket).json("GET", path)), JSON.stringify(answer)).toMatchObject({
      code: "docker-garbage",
      exitCode: 69,
    });
  }
});

test("an answer without a body is none to a question, and a list of nothing may be null", async () => {
  const silent = await startDaemon((_, answer) => void answer.end());
  expect(await failureOf(engineOn(silent.socket).json("GET", "/services"))).toMatchObject({ code: "docker-garbage" });
  const nothing = await startDaemon(json(null));
  expect(await engineOn(nothing.socket).json("GET", "/services")).toEqual([]);
});

test("a daemon that tells its version as null is garbage", async () => {
  const { socket } = await listen(
    createServer((one) => void one.on("data", () => one.end("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnull"))),
  );
  expect(await failureOf(engineOn(socket).json("GET", "/info"))).toMatchObject({ code: "docker-garbage" });
});

test.each([
  [404, "service a not found", { code: "docker-refused", status: 404 }, isNotFound],
  [409, "volume is in use", { code: "docker-refused", status: 409 }, isRefused],
  [500, "rpc error", { code: "docker-refused", status: 500 }, isPassing],
])("a refusal has the daemon's status %i and its words", async (status, message, shape, holds) => {
  const daemon = await startDaemon(json({ message }, status));
  const failure = await failureOf(engineOn(daemon.socket).json("GET", "/services/a"));
  expect(failure).toMatchObject({ ...shape, exitCode: 69, message: expect.stringContaining(message) as string });
  expect(holds(failure)).toBe(true);
});

test("503 is no-swarm at the Swarm's own calls, and a refusal at any other", async () => {
  const daemon = await startDaemon(json({ message: "This node is not a swarm manager." }, 503));
  const engine = engineOn(daemon.socket);
  const failure = await failureOf(engine.json("GET", "/tasks"));
  expect(failure).toMatchObject({ code: "no-swarm", details: ["This node is not a swarm manager."] });
  // So does a daemon on its way down: a teardown asks again.
  expect(isPassing(failure)).toBe(true);
  expect(await failureOf(engine.json("GET", "/containers/json"))).toMatchObject({ code: "docker-refused", status: 503 });
});

test("a daemon that answers half and hangs is docker-hung when the budget is over", async () => {
  const daemon = await startDaemon((_, answer) => void answer.write('[{"ID":"half'));
  expect(await failureOf(engineOn(daemon.socket).json("GET", "/services", { limitMs: 300 }))).toMatchObject({
    code: "docker-hung",
    exitCode: 69,
  });
});

test("a daemon that takes the connection and says nothing is docker-hung, streams included", async () => {
  const { socket } = await listen(createServer(() => undefined));
  const engine = engineOn(socket);
  expect(await failureOf(engine.json("GET", "/services", { limitMs: 100 }))).toMatchObject({ code: "docker-hung" });
  expect(await failureOf(engine.stream("GET", "/events", { limitMs: 100 }))).toMatchObject({ code: "docker-hung" });
});

test("the budget of a stream ends with its beginning", async () => {
  const daemon = await startDaemon((_, answer) => {
    answer.write("one\n");
    setTimeout(() => answer.end("two\n"), 400);
  });
  const chunks = await (await engineOn(daemon.socket).stream("GET", "/events", { limitMs: 200 })).toArray();
  expect(chunks.map(String).join("")).toBe("one\ntwo\n");
});

test("a daemon that hangs up in the middle is unreachable, not an empty list", async () => {
  const daemon = await startDaemon((_, answer) => {
    answer.writeHead(200, { "Content-Length": "1000" }).write("[");
    setTimeout(() => answer.destroy(), 20);
  });
  const failure = await failureOf(engineOn(daemon.socket).json("GET", "/services"));
  expect(failure).toMatchObject({ code: "docker-unreachable" });
  expect(isPassing(failure)).toBe(true);
});

test("what is no JSON, and what is no HTTP, is docker-garbage", async () => {
  const daemon = await startDaemon((_, answer) => void answer.end("<html>"));
  expect(await failureOf(engineOn(daemon.socket).json("GET", "/services"))).toMatchObject({ code: "docker-garbage", details: ["<html>"] });
  const { socket } = await listen(createServer((client) => void client.write("SSH-2.0-OpenSSH\r\n")));
  expect(await failureOf(engineOn(socket).json("GET", "/services"))).toMatchObject({ code: "docker-garbage" });
});

test("an endless answer is cut off, not kept", async () => {
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

test("no socket is docker-unreachable, and says where it was looked for", async () => {
  const failure = await failureOf(engineOn("/nonexistent/docker.sock").json("GET", "/services"));
  expect(failure).toMatchObject({
    code: "docker-unreachable",
    exitCode: 69,
    message: expect.stringMatching(/\/nonexistent\/docker\.sock does not answer: there is no such socket$/) as string,
    hint: expect.stringMatching(/installed/) as string,
  });
});

test("an abort ends the call at once, with the signal's own reason", async () => {
  const daemon = await startDaemon(() => undefined);
  const stop = new AbortController();
  const asking = failureOf(engineOn(daemon.socket).json("GET", "/services", { signal: stop.signal }));
  const reason = new Error("enough");
  stop.abort(reason);
  expect(await asking).toBe(reason);
});

test("a scope that closes ends the calls in flight and refuses later ones", async () => {
  const daemon = await startDaemon(() => undefined);
  const { engine, registry } = engineAt({ kind: "socket", path: daemon.socket });
  const asking = failureOf(engine.json("GET", "/services"));
  await registry.scope("work").drain(100);
  expect(await asking).toMatchObject({ code: "scope-closed" });
  expect(await failureOf(engine.json("GET", "/services"))).toMatchObject({ code: "scope-closed" });
});

test("a kept connection that the daemon has closed meanwhile is made anew, unseen", async () => {
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
])("an Engine of %j is spoken to in version %s", async (version, spoken) => {
  const daemon = await startDaemon(json([]), version);
  await engineOn(daemon.socket).json("GET", "/services");
  expect(daemon.calls).toEqual([`GET /v${spoken}/services`]);
});

test("an Engine that is too old is named with its version", async () => {
  const daemon = await startDaemon(json([]), { ApiVersion: "1.40" });
  expect(await failureOf(engineOn(daemon.socket).json("GET", "/services"))).toMatchObject({ code: "docker-too-old", exitCode: 69 });
  expect(daemon.calls).toEqual([]);
});
