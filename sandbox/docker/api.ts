import { dispatch } from "../engine/api/router.js";
import type { Engine } from "../engine/api/route.js";
import { refuse } from "./refusal.js";

/** An answer that is not a success, as the client sees it. */
export class DaemonSaid extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

type Method = "GET" | "POST" | "DELETE";

/** The engine as its client sees it: only calls of its API, so that no command can do more than the API. */
export interface Api {
  readonly ask: <T>(
    method: Method,
    path: string,
    options?: { readonly query?: Readonly<Record<string, string>>; readonly body?: object },
  ) => Promise<T>;
  /** The same, but null if the object does not exist. */
  readonly find: <T>(path: string) => Promise<T | null>;
}

/** Collects a stream's pieces: what the client prints for logs and exec. */
class Gathered {
  readonly pieces: Buffer[] = [];
  readonly #done: () => void;

  constructor(done: () => void) {
    this.#done = done;
  }

  write(piece: Buffer | string): boolean {
    this.pieces.push(Buffer.from(piece));
    return true;
  }

  end(piece?: Buffer | string): void {
    if (piece !== undefined) this.write(piece);
    this.#done();
  }
}

export const createApi = (engine: Engine): Api => {
  const ask: Api["ask"] = async <T>(
    method: Method,
    path: string,
    { query = {}, body = {} }: { readonly query?: Readonly<Record<string, string>>; readonly body?: object } = {},
  ) => {
    const answer = await dispatch(engine, {
      method,
      path,
      query: new URLSearchParams({ ...query }),
      body: body as Readonly<Record<string, unknown>>,
      onGone: () => undefined,
    });
    if (answer.status >= 400)
      throw new DaemonSaid(answer.status, (answer.body as { message?: string } | undefined)?.message ?? `status ${answer.status}`);
    const { stream } = answer;
    if (stream === undefined) return answer.body as T;
    return (await new Promise<Buffer>((resolve) => {
      const out = new Gathered(() => resolve(Buffer.concat(out.pieces)));
      void stream(out as unknown as Parameters<typeof stream>[0]);
    })) as T;
  };
  return {
    ask,
    find: async <T>(path: string) => {
      try {
        return await ask<T>("GET", path);
      } catch (error) {
        if (error instanceof DaemonSaid && error.status === 404) return null;
        throw error;
      }
    },
  };
};

/** The daemon's message as the client prints it. */
export const daemonSaid = (error: unknown): string =>
  error instanceof DaemonSaid ? `Error response from daemon: ${error.message}` : String(error instanceof Error ? error.message : error);

/** Does something for each of several names. If one fails, the others go on, and the exit code is 1. */
export const each = async (
  names: readonly string[],
  out: (text: string) => void,
  act: (name: string) => Promise<unknown>,
): Promise<void> => {
  const refused: string[] = [];
  for (const name of names) {
    try {
      await act(name);
      out(`${name}\n`);
    } catch (error) {
      refused.push(daemonSaid(error));
    }
  }
  if (refused.length > 0) refuse(refused.join("\n"));
};

/** The two streams of a framed one. */
export const unframe = (framed: Buffer): { readonly out: string; readonly err: string } => {
  const texts = { 1: [] as Buffer[], 2: [] as Buffer[] };
  for (let at = 0; at + 8 <= framed.length;) {
    const length = framed.readUInt32BE(at + 4);
    texts[framed[at] === 2 ? 2 : 1].push(framed.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return { out: Buffer.concat(texts[1]).toString("utf8"), err: Buffer.concat(texts[2]).toString("utf8") };
};
