import { Agent, request, type ClientRequest, type IncomingMessage } from "node:http";
import { Duplex } from "node:stream";
import { expect } from "vitest";
import { versionFor } from "../../src/effects/docker/api-version.js";
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

const queryOf = ({ query = {} }: Asked): string => {
  const given = new URLSearchParams(
    Object.entries(query).map(([name, value]): [string, string] => [
      name,
      typeof value === "object" ? JSON.stringify(value) : String(value),
    ]),
  );
  return given.toString();
};

/** By a `docker system dial-stdio`, as for any engine that is not on a plain socket. */
const dial = (world: ContractWorld): Duplex => {
  const { stdin, stdout } = world.startDocker("system", "dial-stdio");
  return Duplex.from({ readable: stdout, writable: stdin });
};

/** Keeps each dialled connection for the chapter's next call, as dialling starts a process. The chapter's end ends them. */
class DialAgent extends Agent {
  readonly #world: ContractWorld;

  constructor(world: ContractWorld) {
    super({ keepAlive: true });
    this.#world = world;
  }

  override createConnection(): Duplex {
    return dial(this.#world);
  }

  /** What the base class does here and below is about TCP. */
  override keepSocketAlive(): boolean {
    return true;
  }

  override reuseSocket(stream: Duplex, sent: ClientRequest): void {
    super.reuseSocket(Object.assign(stream, { ref: () => stream }), sent);
  }
}

const agents = new WeakMap<ContractWorld, DialAgent>();

const agentOf = (world: ContractWorld): DialAgent => {
  const agent = agents.get(world) ?? new DialAgent(world);
  agents.set(world, agent);
  return agent;
};

const send = (world: ContractWorld, method: Method, target: string, asked: Asked): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const text = asked.body === undefined ? "" : asked.body instanceof Uint8Array ? asked.body : JSON.stringify(asked.body);
    const type = typeof text === "string" ? "application/json" : "application/x-tar";
    const headers = { Host: "docker", ...(text === "" ? {} : { "Content-Type": type, "Content-Length": Buffer.byteLength(text) }) };
    const sent = request({ method, path: target, headers, agent: agentOf(world) }, resolve);
    sent.on("error", (error) => {
      // The engine hung up on what waited for too long, at the same moment: that is asked anew.
      if (sent.reusedSocket && "code" in error && error.code === "ECONNRESET") send(world, method, target, asked).then(resolve, reject);
      else reject(error);
    });
    sent.end(text);
  });

const parsed = (bytes: Buffer): unknown => {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return undefined;
  }
};

const gathered = async (answer: IncomingMessage): Promise<Buffer> => {
  const pieces: Buffer[] = [];
  for await (const piece of answer) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
};

/** The version that recipe-ci speaks to this engine, by the engine's own word. */
const negotiate = async (world: ContractWorld): Promise<string> => {
  const { MinAPIVersion } = parsed(await gathered(await send(world, "GET", "/version", {}))) as { readonly MinAPIVersion?: string };
  return versionFor(MinAPIVersion);
};

const versions = new WeakMap<ContractWorld, Promise<string>>();

const versionOf = (world: ContractWorld): Promise<string> => {
  const version = versions.get(world) ?? negotiate(world);
  versions.set(world, version);
  return version;
};

const open = async (world: ContractWorld, method: Method, path: string, asked: Asked): Promise<IncomingMessage> =>
  send(world, method, `/v${await versionOf(world)}${path}?${queryOf(asked)}`, asked);

export const ask = async (world: ContractWorld, method: Method, path: string, asked: Asked = {}): Promise<HelpRequested> => {
  const answer = await open(world, method, path, asked);
  const bytes = await gathered(answer);
  return { status: answer.statusCode ?? 0, bytes, json: parsed(bytes) };
};

/** The first line of a stream that is the one looked for, while `act` makes it happen. */
export const firstLine = async (
  world: ContractWorld,
  path: string,
  asked: Asked,
  isIt: (line: unknown) => boolean,
  act: () => Promise<unknown>,
): Promise<unknown> => {
  const answer = await open(world, "GET", path, asked);
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
    await done;
  }
  throw new Error(`${path} ended without what was looked for`);
};

/** Refused with one of these codes, and one sentence that says why. */
export const expectRefusal = ({ status, json }: HelpRequested, codes: readonly number[], text: RegExp): void => {
  expect({ status, json }).toEqual({ status: expect.any(Number), json: { message: expect.stringMatching(text) } });
  expect(codes).toContain(status);
};

/** The contents of a framed stream, by stream number. */
export const framesOf = (bytes: Buffer): readonly (readonly [number, string])[] => {
  const frames: [number, string][] = [];
  for (let at = 0; at + 8 <= bytes.length;) {
    const length = bytes.readUInt32BE(at + 4);
    frames.push([bytes[at] ?? 0, bytes.subarray(at + 8, at + 8 + length).toString("utf8")]);
    at += 8 + length;
  }
  return frames;
};
