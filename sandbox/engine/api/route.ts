import type { ServerResponse } from "node:http";
import type { Duplex, Readable } from "node:stream";
import type { Faults } from "../../shared/faults.js";
import type { Swarm } from "../swarm/swarm.js";
import type { World } from "../world/world.js";

export interface Engine {
  readonly world: World;
  readonly swarm: Swarm;
  readonly faults: Faults;
}

export interface Ask {
  readonly engine: Engine;
  /** What the path's pattern named. */
  readonly of: (name: string) => string;
  readonly query: URLSearchParams;
  /** Of a query parameter: 1, t, true, yes; all else is false. */
  readonly is: (name: string) => boolean;
  /** The JSON body; an object without any. */
  readonly body: Readonly<Record<string, unknown>>;
  /** The raw body, for what is no JSON. */
  readonly input: Readable | null;
  /** Called when the asker is gone, or has all of an answer. */
  readonly onGone: (then: () => void) => void;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Writes the answer itself, for as long as it takes, in place of a body. */
  readonly stream?: (out: ServerResponse | Duplex) => void | Promise<void>;
  /** What is written is a two-way pipe from here on, if the asker wants one. */
  readonly hijack?: boolean;
}

export interface Route {
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "DELETE";
  /** `/services/:id`; a `*` takes the rest, slashes too. */
  readonly path: string;
  /** The docker commands that make this call, for faults.json, without `docker`. */
  readonly words: readonly string[];
  readonly answer: (ask: Ask) => Answer | Promise<Answer>;
}

export const ok = (body: unknown): Answer => ({ status: 200, body });
export const created = (body: unknown): Answer => ({ status: 201, body });
export const done: Answer = { status: 204 };
