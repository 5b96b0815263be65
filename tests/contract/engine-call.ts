import { request, type IncomingMessage } from "node:http";
import { Duplex } from "node:stream";
import { expect } from "vitest";
import type { ContractWorld } from "./world.js";

export interface Asked {
  readonly query?: Readonly<Record<string, string | number | boolean | object>>;
  /** Bytes go as an archive, anything else as JSON. */
  readonly body?: object;
}

export interface HelpRequested {
  readonly status: number;
  readonly bytes: Buffer;
  readonly json: unknown;
}

type Method = "GET" | "POST" | "PUT" | "DELETE";

const pathOf = (path: string, { query = {} }: Asked): string => {
  const given = new URLSearchParams(Object.entries(query).map(([name, value]): [string, string] => [name, typeof value === "object" ? JSON.stringify(value) : String(value)]));
  return `/v1.41${path}?${given.toString()}`;
};

/** One call on a connection of its own: a `docker system dial-stdio`, as for any engine that is not on a plain socket. */
const open = async (world: ContractWorld, method: Method, path: string, asked: Asked): Promise<{ readonly answer: IncomingMessage; readonly hangUp: () => void }> => {
  const child = world.startDocker("system", "dial-stdio");
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error("docker system dial-stdio has no pipes");
  stdin.on("error", () => undefined); // It may end before all is written; the answer tells.
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const text = asked.body === undefined ? "" : asked.body instanceof Uint8Array ? asked.body : JSON.stringify(asked.body);
    const type = typeof text === "string" ? "application/json" : "application/x-tar";
    const headers = { Host: "docker", Connection: "close", ...(text === "" ? {} : { "Content-Type": type, "Content-Length": Buffer.byteLength(text) }) };
    const sent = request({ method, path: pathOf(path, asked), headers, createConnection: () => Duplex.from({ readable: stdout, writable: stdin }) }, resolve);
    sent.on("error", reject);
    sent.end(text);
  });
  return { answer, hangUp: () => void child.kill() };
};

const parsed = (bytes: Buffer): unknown => {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return undefined;
  }
};

export const ask = async (world: ContractWorld, method: Method, path: string, asked: Asked = {}): Promise<HelpRequested> => {
  const { answer, hangUp } = await open(world, method, path, asked);
  const pieces: Buffer[] = [];
  for await (const piece of answer) pieces.push(piece as Buffer);
  hangUp();
  const bytes = Buffer.concat(pieces);
  return { status: answer.statusCode ?? 0, bytes, json: parsed(bytes) };
};

/** The first line of a stream that is what is looked for, while `act` makes it happen. */
export const firstLine = async (world: ContractWorld, path: string, asked: Asked, isIt: (line: unknown) => boolean, act: () => Promise<unknown>): Promise<unknown> => {
  const { answer, hangUp } = await open(world, "GET", path, asked);
  const done = act();
  let rest = "";
  try {
    for await (const piece of answer) {
      const lines = `${rest}${String(piece)}`.split("\n");
      rest = lines.pop() ?? "";
      const found = lines.map((line) => parsed(Buffer.from(line))).find(isIt);
      if (found !== undefined) return found;
    }
  } finally {
    answer.destroy();
    hangUp();
    await done;
  }
  throw new Error(`${path} ended without what was looked for`);
};

/** Refused with one of these codes, and one sentence that says why. */
export const expectRefusal = ({ status, json }: HelpRequested, codes: readonly number[], text: RegExp): void => {
  expect({ status, json }).toEqual({ status: expect.any(Number), json: { message: expect.stringMatching(text) } });
  expect(codes).toContain(status);
};

/** What a framed stream carries, by the number of its stream. */
export const framesOf = (bytes: Buffer): readonly (readonly [number, string])[] => {
  const frames: [number, string][] = [];
  for (let at = 0; at + 8 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at + 4);
    frames.push([bytes[at] ?? 0, bytes.subarray(at + 8, at + 8 + length).toString("utf8")]);
    at += 8 + length;
  }
  return frames;
};
