import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Server as NetServer, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { createChildRegistry } from "../../../src/effects/children/registry.js";
import { createConnection } from "../../../src/effects/docker/connection.js";
import type { Endpoint } from "../../../src/effects/docker/endpoint.js";
import { createEngine, type Engine } from "../../../src/effects/docker/engine.js";

export type Handler = (request: IncomingMessage, answer: ServerResponse) => void;

export interface Daemon {
  readonly socket: string;
  /** Every call except the version negotiation, as `GET /path?query`, in order of arrival. */
  readonly calls: readonly string[];
  /** How many connections were ever made. */
  readonly connections: () => number;
}

/** Starts an HTTP server on a socket. It answers the negotiation like an Engine of that version; `handle` answers all other calls. */
export const startDaemon = async (handle: Handler, version: object = { ApiVersion: "1.41", MinAPIVersion: "1.12" }): Promise<Daemon> => {
  const calls: string[] = [];
  const server = createServer((request, answer) => {
    if (request.url === "/version") return void answer.end(JSON.stringify(version));
    calls.push(`${request.method ?? ""} ${request.url ?? ""}`);
    handle(request, answer);
  });
  const { socket, connections } = await listen(server);
  return { socket, calls, connections };
};

/** Closes the server and its connections when the test ends. Returns a function that counts the connections ever made. */
const closeAtEnd = (server: NetServer): (() => number) => {
  const open = new Set<Socket>();
  let connections = 0;
  server.on("connection", (one: Socket) => {
    connections += 1;
    open.add(one);
    one.on("error", () => undefined).once("close", () => open.delete(one));
  });
  onTestFinished(async () => {
    for (const one of open) one.destroy();
    await new Promise((closed) => server.close(closed));
  });
  return () => connections;
};

/** Makes a server listen on a new Unix socket. */
export const listen = async (server: NetServer): Promise<{ readonly socket: string; readonly connections: () => number }> => {
  const folder = mkdtempSync(join(tmpdir(), "daemon-"));
  const socket = join(folder, "docker.sock");
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const connections = closeAtEnd(server);
  await new Promise<void>((ready) => server.listen(socket, ready));
  return { socket, connections };
};

/** Makes a server listen on a free loopback port. */
export const listenOnPort = async (server: NetServer): Promise<number> => {
  closeAtEnd(server);
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
};

export interface TestEngine {
  readonly engine: Engine;
  readonly registry: ReturnType<typeof createChildRegistry>;
}

/** An engine with its own scope, for several tests. The caller must end it. */
export const lastingEngine = (
  endpoint: Endpoint,
  env: Readonly<Record<string, string>> = {},
): TestEngine & { readonly end: () => Promise<void> } => {
  const registry = createChildRegistry();
  const scope = registry.scope("work");
  const given = { PATH: process.env["PATH"] ?? "", ...env };
  const engine = createEngine(createConnection({ endpoint, scope, env: () => given, cwd: "/" }));
  const end = async (): Promise<void> => {
    engine.close();
    await scope.drain(2_000);
  };
  return { engine, registry, end };
};

/** As `lastingEngine`, for one test: it is ended when the test is over. */
export const engineAt = (endpoint: Endpoint, env: Readonly<Record<string, string>> = {}): TestEngine => {
  const { end, ...rest } = lastingEngine(endpoint, env);
  onTestFinished(end);
  return rest;
};

export const engineOn = (socket: string): Engine => engineAt({ kind: "socket", path: socket }).engine;
