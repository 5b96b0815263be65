import { request, type IncomingMessage } from "node:http";
import { PassThrough, type Readable } from "node:stream";
import type { Connection } from "./connection.js";
import type { EngineAsk, Method } from "./engine-ask.js";
import { setTimeout as pause } from "node:timers/promises";
import { codeOf } from "../files/error-code.js";
import { DialDropped, garbage } from "./engine-errors.js";

export const target = (path: string, query: EngineAsk["query"] = {}): string => {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) given.set(name, typeof value === "object" ? JSON.stringify(value) : String(value));
  }
  return given.size === 0 ? path : `${path}?${given.toString()}`;
};

export interface Sent {
  readonly method: Method;
  readonly target: string;
  readonly ask: EngineAsk;
}

const payloadOf = (body: unknown): { readonly bytes?: Uint8Array | string; readonly type?: string } => {
  if (body === undefined) return {};
  return body instanceof Uint8Array
    ? { bytes: body, type: "application/x-tar" }
    : { bytes: JSON.stringify(body), type: "application/json" };
};

/** Whether to try again because the daemon closed a kept connection just as we wrote: nothing was done, or doing it twice does no harm. */
const isWorthAgain = (error: unknown, method: Method, reused: boolean): boolean =>
  reused && (method === "GET" || method === "DELETE") && ["ECONNRESET", "EPIPE"].includes(codeOf(error));

/** How often to dial: an sshd that has room does not drop somebody this often in a row by chance. */
const dialsMax = 6;

/** A random, growing pause, so that those who were dropped together do not come back together. ms */
const beforeDialMs = (dials: number): number => 100 * 2 ** dials * (0.5 + Math.random());

/**
 * Sends a request and resolves when the answer begins. If too many connect at once, an sshd on the way drops some at random
 * (MaxStartups): whoever was dropped dials again, a few times and within the budget.
 */
export const exchange = async (connection: Connection, sent: Sent, signal: AbortSignal): Promise<IncomingMessage> => {
  for (let dials = 1; ; dials += 1) {
    try {
      return await exchangeOnce(connection, sent, signal);
    } catch (error) {
      if (!(error instanceof DialDropped) || dials === dialsMax) throw error;
      await pause(beforeDialMs(dials), undefined, { signal });
    }
  }
};

const exchangeOnce = (connection: Connection, { method, target: path, ask }: Sent, signal: AbortSignal): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const { bytes, type } = payloadOf(ask.body);
    const headers = {
      ...(type === undefined ? {} : { "Content-Type": type }),
      ...(bytes === undefined ? {} : { "Content-Length": String(Buffer.byteLength(bytes)) }),
      ...ask.headers,
    };
    let begun: IncomingMessage | undefined;
    const sent = request({ agent: connection.agent, host: "docker", method, path, headers, signal }, (answer) => {
      begun = answer;
      resolve(answer);
    });
    sent.on("error", (error) => {
      // In the middle of an answer the reader would otherwise learn only that it was cut, and not why.
      if (begun !== undefined) return void begun.destroy(error);
      if (!isWorthAgain(error, method, sent.reusedSocket)) return reject(error);
      exchangeOnce(connection, { method, target: path, ask }, signal).then(resolve, reject);
    });
    // A request that still waits for its connection would not report the abort.
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    sent.end(bytes);
  });

/** The whole answer, or if it is longer than the limit, what had come by then; does not wait for the rest. */
const gathered = async (answer: IncomingMessage, bytesMax: number): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > bytesMax) break;
  }
  return Buffer.concat(chunks);
};

export const textOf = async (answer: IncomingMessage, asked: string, bytesMax: number): Promise<string> => {
  const bytes = await gathered(answer, bytesMax);
  if (bytes.length > bytesMax) throw garbage(asked, `longer than ${bytesMax} bytes`);
  return bytes.toString("utf8");
};

/** The beginning of an answer; does not wait for the rest. */
export const beginningOf = async (answer: IncomingMessage, bytesMax: number): Promise<string> =>
  (await gathered(answer, bytesMax)).toString("utf8", 0, bytesMax);

export const parse = (text: string, asked: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw garbage(asked, "no JSON", [text.slice(0, 200)]);
  }
};

/** The daemon's own message: `{ "message": … }`, or the text of whatever answered in its place. */
export const saidIn = (text: string): string => {
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    if (typeof message === "string") return message;
  } catch {
    // Not the daemon's form: perhaps a proxy's answer, or only the beginning of one.
  }
  return (
    text
      .trim()
      .replace(/^\{"message":"/, "")
      .slice(0, 500) || "no reason given"
  );
};

/** The answer as a stream with named failures. However the stream ends, the answer ends too. */
export const asStream = (answer: IncomingMessage, nameOf: (error: unknown) => Error, onEnd: () => void): Readable => {
  const stream = new PassThrough();
  answer.on("error", (error) => stream.destroy(nameOf(error)));
  answer.pipe(stream);
  stream.once("close", () => {
    answer.destroy();
    onEnd();
  });
  return stream;
};
