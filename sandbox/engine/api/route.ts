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
  /** A named part of the path. */
  readonly of: (name: string) => string;
  readonly query: URLSearchParams;
  /** Whether a query parameter is 1, t, true or yes. */
  readonly is: (name: string) => boolean;
  /** The JSON body; an empty object if there is none. */
  readonly body: Readonly<Record<string, unknown>>;
  /** The raw body, if it is not JSON. */
  readonly input: Readable | null;
  /** Registers a function to call when the caller is gone or has the whole answer. */
  readonly onGone: (then: () => void) => void;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Writes the answer itself, for as long as it takes, in place of a body. */
  readonly stream?: (out: ServerResponse | Duplex) => void | Promise<void>;
  /** Whether the connection becomes a two-way pipe, if the caller wants one. */
  readonly hijack?: boolean;
}

export interface Route {
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "DELETE";
  /** `/services/:id`; a `*` matches the rest, including slashes. */
  readonly path: string;
  /** The docker commands that make this call, for faults.json, without `docker`. */
  readonly words: readonly string[];
  readonly answer: (ask: Ask) => Answer | Promise<Answer>;
}

export const ok = (body: unknown): Answer => ({ status: 200, body });
export const created = (body: unknown): Answer => ({ status: 201, body });
export const done: Answer = { status: 204 };
