import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { dispatchWithFaults, type Call } from "./api/router.js";
import { apiVersion } from "./api/system.js";
import type { Answer, Engine } from "./api/route.js";

const common = { "Api-Version": apiVersion, "Docker-Experimental": "false", Ostype: "linux", Server: "Docker/20.10.24-sandbox (linux)" };

const bodyBytesMax = 4 * 1024 * 1024;

const readBody = async (request: IncomingMessage): Promise<string> => {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request) {
    size += (piece as Buffer).length;
    if (size > bodyBytesMax) throw new Error("the body is too large for the sandbox");
    pieces.push(piece as Buffer);
  }
  return Buffer.concat(pieces).toString("utf8");
};

const parseBody = (text: string): Readonly<Record<string, unknown>> => {
  const parsed: unknown = text === "" ? {} : JSON.parse(text);
  return typeof parsed === "object" && parsed !== null ? (parsed as Readonly<Record<string, unknown>>) : {};
};

const callOf = (request: IncomingMessage, body: Call["body"], onGone: Call["onGone"]): Call => {
  const url = new URL(request.url ?? "/", "http://docker");
  return { method: request.method ?? "GET", path: url.pathname, query: url.searchParams, body, onGone };
};

const send = async (answer: Answer, response: ServerResponse): Promise<void> => {
  const { status, body, headers = {}, stream } = answer;
  if (stream !== undefined) {
    response.writeHead(status, { ...common, ...headers });
    response.flushHeaders();
    await stream(response);
    return;
  }
  if (body === undefined) {
    response.writeHead(status, { ...common, ...headers });
    response.end();
    return;
  }
  const text = typeof body === "string" ? body : `${JSON.stringify(body)}\n`;
  response.writeHead(status, { ...common, "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text), ...headers });
  response.end(text);
};

/** The engine's API over HTTP. It does not listen yet. */
export const createApi = (engine: Engine): Server => {
  const answer = async (request: IncomingMessage, onGone: Call["onGone"]): Promise<Answer> => {
    try {
      // Only what is put into a container is not JSON.
      if (request.method === "PUT") return await dispatchWithFaults(engine, { ...callOf(request, {}, onGone), input: request });
      return await dispatchWithFaults(engine, callOf(request, parseBody(await readBody(request)), onGone));
    } catch (error) {
      return { status: 400, body: { message: String(error instanceof Error ? error.message : error) } };
    }
  };
  const server = createServer((request, response) => {
    const onGone: Call["onGone"] = (then) => void response.once("close", then);
    answer(request, onGone)
      .then((said) => send(said, response))
      .catch(() => response.destroy());
  });
  /** Only exec asks for an upgrade: a two-way pipe after the answer's head. */
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    const length = Number(request.headers["content-length"] ?? 0);
    const begin = async (): Promise<void> => {
      const [body, rest] = await bodyOf(socket, head, length);
      if (rest.length > 0) socket.unshift(rest);
      const said = await dispatchWithFaults(
        engine,
        callOf(request, parseBody(body), (then) => void socket.once("close", then)),
      );
      if (said.hijack !== true || said.stream === undefined) {
        const text = JSON.stringify(said.body ?? {});
        socket.end(
          `HTTP/1.1 ${said.status} Refused\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
        );
        return;
      }
      socket.write(
        "HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n",
      );
      await said.stream(socket);
    };
    begin().catch(() => socket.destroy());
  });
  server.keepAliveTimeout = 60_000;
  server.requestTimeout = 0;
  return server;
};

/** Node passes on what follows the head unparsed: the body is taken from it by its length. */
const bodyOf = (socket: Duplex, head: Buffer, length: number): Promise<readonly [string, Buffer]> =>
  new Promise((resolve, reject) => {
    let had = head;
    const settle = (): boolean => {
      if (had.length < length) return false;
      socket.off("data", take);
      socket.pause();
      resolve([had.subarray(0, length).toString("utf8"), had.subarray(length)]);
      return true;
    };
    const take = (piece: Buffer): void => {
      had = Buffer.concat([had, piece]);
      settle();
    };
    socket.once("close", () => reject(new Error("gone")));
    if (!settle()) socket.on("data", take);
  });
