import { request } from "node:http";
import { createServer, type AddressInfo } from "node:net";
import { createWebSocketReceiver } from "@statelyai/inspect";
import { afterEach, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { openInspector, type Inspector, type InspectorSettings } from "../../src/cli/inspect/inspector.js";
import type { RunError } from "../../src/machines/errors.js";
import { until } from "../support/processes.js";
import { recordRun, RunAgain, type Recording } from "../support/inspect/recorded-run.js";

let recording: Recording;
beforeAll(async () => {
  recording = await recordRun();
}, 90_000);

const open = async (run: RunAgain, settings: Partial<InspectorSettings> = {}): Promise<Inspector> => {
  const inspector = await openInspector({ runDir: run.runDir, installation: process.cwd(), lingerMs: 60_000, ...settings });
  onTestFinished(() => inspector.close());
  return inspector;
};

const sockets: WebSocket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.terminate();
});

const socketOf = (address: string, path = "/live", headers: Record<string, string> = {}): WebSocket => {
  const socket = new WebSocket(address.replace("http:", "ws:").replace("/?", `${path}?`), { headers });
  sockets.push(socket);
  return socket;
};

interface Message {
  readonly frames?: readonly {
    readonly n: number;
    readonly actor: string;
    readonly event: { readonly type: string };
    readonly leaves: readonly string[];
  }[];
  readonly run?: { readonly how: string } | null;
  readonly context?: number;
  readonly value?: unknown;
}

/** A viewer as the page is one: everything that it was told. */
const viewerOf = (address: string) => {
  const socket = socketOf(address);
  const told: Message[] = [];
  socket.on("message", (data: Buffer) => told.push(JSON.parse(data.toString("utf8")) as Message));
  const frames = () => told.flatMap((message) => message.frames ?? []);
  return { socket, told, frames };
};

const statusOf = (address: string, headers: Record<string, string> = {}, method = "GET"): Promise<number> =>
  new Promise((resolve, reject) => {
    request(address, { headers, method }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on("error", reject)
      .end();
  });

const closedBy = (socket: WebSocket): Promise<number> =>
  new Promise((resolve) => {
    socket.on("unexpected-response", (_, response) => resolve(response.statusCode ?? 0));
    socket.on("open", () => resolve(101));
    socket.on("error", () => undefined);
  });

describe("a viewer of a live run", () => {
  test("gets the lines written so far, then each new one, then the end", async () => {
    const run = new RunAgain(recording);
    run.tell(5);
    const viewer = viewerOf((await open(run)).address);
    await until("the past is told", () => viewer.frames().length === 5);
    expect(viewer.told.find((message) => message.run !== undefined)?.run?.how).toBe("live");
    run.tell(1);
    await until("the sixth line is told", () => viewer.frames().length === 6);
    run.tell();
    run.finish();
    await until("the end is told", () => viewer.told.some((message) => message.run?.how === "ended"));
    await until("all is told", () => viewer.frames().length === run.lines);
    expect(viewer.frames().map(({ n }) => n)).toEqual(recording.lines.map((_, index) => index + 1));
    expect(viewer.frames().findLast(({ actor }) => actor === "run")?.leaves).toEqual(["run.released"]);
    expect(new Set(viewer.frames().map(({ actor }) => actor))).toContain("run/teardowns/teardown");
  });

  test("gets the context after any frame that it asks for", async () => {
    const { address } = await open(RunAgain.finished(recording));
    const viewer = viewerOf(address);
    await until("all is told", () => viewer.frames().length === recording.lines.length);
    viewer.socket.send('{"context":1}');
    await until("it is answered", () => viewer.told.some((message) => message.context === 1));
    expect(viewer.told.find((message) => message.context === 1)?.value).toMatchObject({ runId: "recorded", recipe: "echo" });
  });

  test("is dropped if it never reads, while another one gets every line", async () => {
    const run = new RunAgain(recording);
    const { address, ended } = await open(run, { limits: { bufferedMax: 1, stallMs: 50 }, lingerMs: 100 });
    run.tell(1);
    const deaf = socketOf(address);
    await new Promise((resolve) => deaf.once("open", resolve));
    // It asks and asks and takes no answer: what the kernel buffers for it is soon full, and then what we would.
    deaf.pause();
    for (let questions = 0; questions < 20_000; questions += 1) deaf.send('{"context":1}');
    const reader = viewerOf(address);
    await until("the reader is there", () => reader.told.length > 0);
    for (let lines = run.lines; lines > 0; lines -= 1) run.tell(1);
    await until("the reader has all", () => reader.frames().length === run.lines);
    // Nobody looks any more: were the deaf one still counted, the inspector would stay for it.
    run.finish();
    reader.socket.close();
    await ended;
  });

  test("gets no cookie and no secret in frames, contexts or the run's record", async () => {
    const secretive = recording.lines.map((line, index) => {
      const parsed = JSON.parse(line) as { event: Record<string, unknown> };
      return index === 3
        ? JSON.stringify({
            ...parsed,
            event: { ...parsed.event, adminPassword: "hunter2hunter2", url: "https://user:hunter2hunter2@forge.test/x" },
          })
        : line;
    });
    const { address } = await open(RunAgain.finished({ ...recording, lines: secretive }));
    const viewer = viewerOf(address);
    await until("all is told", () => viewer.frames().length === secretive.length);
    for (const { n } of viewer.frames()) viewer.socket.send(`{"context":${n}}`);
    await until("all contexts are told", () => viewer.told.filter((message) => message.context !== undefined).length === secretive.length);
    const everything = JSON.stringify(viewer.told);
    expect(everything).not.toContain(recording.record.cookie);
    expect(everything).not.toContain("hunter2");
    expect(everything).toContain('"adminPassword":"***"');
  });

  test("gets a note in place of a line that cannot be read", async () => {
    const { address } = await open(RunAgain.finished({ ...recording, lines: recording.lines.with(2, '{"torn":') }));
    const viewer = viewerOf(address);
    await until("all is told", () => viewer.frames().length === recording.lines.length);
    expect(viewer.frames()[2]?.event.type).toBe("unreadable line");
  });
});

describe("the inspector", () => {
  test("serves its page to callers with the token, and the page may load nothing from elsewhere", async () => {
    const { address } = await open(RunAgain.finished(recording));
    const response = await fetch(address);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-security-policy")).toMatch(/default-src 'none'.*connect-src ws:\/\/127\.0\.0\.1:\d+;/);
    expect(await response.text()).not.toMatch(/(?:src|href)="(?!data:)/);
  });

  test("refuses callers without the token, with a wrong one, by another host name or from another origin", async () => {
    const { address } = await open(RunAgain.finished(recording));
    const { origin, host, port } = new URL(address);
    expect(await statusOf(origin)).toBe(403);
    expect(await statusOf(`${address}x`)).toBe(403);
    expect(await statusOf(address, { Host: `evil.test:${port}` })).toBe(403);
    expect(await statusOf(address, { Origin: "http://evil.test" })).toBe(403);
    expect(await statusOf(address, {}, "POST")).toBe(405);
    expect(await closedBy(socketOf(`${origin}/?t=wrong`))).toBe(403);
    expect(await closedBy(socketOf(address, "/live", { Origin: "http://evil.test" }))).toBe(403);
    expect(await closedBy(socketOf(address, "/live", { Host: "evil.test" }))).toBe(403);
    expect(await closedBy(socketOf(address, "/live", { Origin: `http://${host}` }))).toBe(101);
  });

  test("fails with exit code 2 when its port is taken", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void taken.close());
    await new Promise((resolve) => taken.once("listening", resolve));
    const { port } = taken.address() as AddressInfo;
    await expect(open(RunAgain.finished(recording), { port })).rejects.toMatchObject({
      code: "port-unusable",
      exitCode: 2,
    } satisfies Partial<RunError>);
  });

  test("ends by itself only once the run is over and no viewer is connected", async () => {
    const run = new RunAgain(recording);
    const inspector = await open(run, { lingerMs: 100 });
    let ended = false;
    void inspector.ended.then(() => (ended = true));
    const viewer = viewerOf(inspector.address);
    await until("somebody looks", () => viewer.told.length > 0);
    run.tell();
    run.finish();
    await until("the end is told", () => viewer.told.some((message) => message.run?.how === "ended"));
    await until("all is told", () => viewer.frames().length === run.lines);
    expect(ended).toBe(false);
    viewer.socket.close();
    await inspector.ended;
    await expect(fetch(inspector.address)).rejects.toThrow();
  });

  test("sends each actor, then its events and snapshots, in the protocol that Stately's own receiver reads", async () => {
    const run = RunAgain.finished(recording);
    const { bridgeAddress } = await open(run);
    const told: {
      readonly type: string;
      readonly sessionId: string;
      readonly parentId?: string | undefined;
      readonly snapshot?: { readonly status?: string; readonly value?: unknown };
    }[] = [];
    const receiver = createWebSocketReceiver({ server: bridgeAddress.replace("http:", "ws:").replace("/stately?", "/stately/live?") });
    const subscription = receiver.subscribe((event) => told.push(event));
    onTestFinished(() => subscription.unsubscribe());
    await until("the run's end is told", () => told.some(({ sessionId, snapshot }) => sessionId === "run" && snapshot?.status === "done"));
    expect(new Set(told.map(({ type }) => type))).toEqual(new Set(["@xstate.actor", "@xstate.event", "@xstate.snapshot"]));
    const born = new Set<string>();
    for (const { type, sessionId } of told) {
      if (type === "@xstate.actor") born.add(sessionId);
      expect(born.has(sessionId), `${type} of ${sessionId} before its actor`).toBe(true);
    }
    expect(told.find(({ sessionId }) => sessionId === "run/deploy")?.parentId).toBe("run");
    expect(told.findLast(({ sessionId, type }) => sessionId === "run" && type === "@xstate.snapshot")?.snapshot?.value).toBe("released");
    expect(JSON.stringify(told)).not.toContain(recording.record.cookie);
  });
});
