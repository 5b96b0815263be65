import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { stopFollows } from "../children/foreign-end.js";
import { minorOf, ourVersion, versionFor } from "./api-version.js";
import type { Connection } from "./connection.js";
import { createBudget, type Budget } from "../budget.js";
import type { EngineAsk, Method } from "./engine-ask.js";
import { failureOfExchange, failureOfStatus, garbage, hung, isRefused, isUnreachable, tooOld } from "./engine-errors.js";
import { asStream, beginningOf, exchange, parse, saidIn, target, textOf, type Sent } from "./engine-exchange.js";
import type { Version } from "./engine-schema.js";
import { shaped } from "./engine-shapes.js";
import { createTurnstile } from "./turnstile.js";

/**
 * The Engine's API, in the version that we know. Names in a path are the caller's to encode.
 *
 * Both reject with `docker-unreachable`, `docker-hung`, `docker-garbage`, `no-swarm`, `docker-refused` (an
 * EngineRefused with its status), with `scope-closed` when the scope is ending, and with the signal's reason.
 */
export interface Engine {
  /** One JSON document; undefined where the Engine answers with nothing. Bounded in size and time. */
  readonly json: <T>(method: Exclude<Method, "PUT">, path: string, ask?: EngineAsk) => Promise<T>;
  /** The answer's bytes, once it has begun. Whoever reads must end it: by its end, the signal, or `destroy`. */
  readonly stream: (method: Exclude<Method, "DELETE">, path: string, ask?: EngineAsk) => Promise<Readable>;
  /** Hangs up every connection. */
  readonly close: () => void;
}

/** A call takes milliseconds; a daemon that needs longer is restarting or hung. */
const defaultLimitMs = 30_000;
const answerBytesMax = 32 * 1024 * 1024;
const refusalBytesMax = 64 * 1024;

/** More at once does not make a daemon faster. Streams are not counted. */
const callsAtOnce = 8;

/**
 * A connection by ssh costs two handshakes, for the client asks whether the daemon is there first: 60 calls took half the time
 * over two or three connections as over eight. An sshd drops what connects at once beyond ten, and a run has two of us.
 */
const dialledCallsAtOnce = 3;

/** A client of the Engine behind the connection. Nothing is sent before the first call. */
export const createEngine = (connection: Connection): Engine => {
  let version: string | undefined;
  const inTurn = createTurnstile(connection.isDialled ? dialledCallsAtOnce : callsAtOnce);

  const begin = async (sent: Sent, path: string, budget: Budget): Promise<IncomingMessage> => {
    const answer = await exchange(connection, sent, budget.signal);
    const status = answer.statusCode ?? 0;
    // A refusal may have the words of somebody else, of a registry for one, as long as it likes.
    if (status >= 400) throw failureOfStatus(sent.method, path, status, saidIn(await beginningOf(answer, refusalBytesMax)));
    return answer;
  };

  /** What went wrong, by its name. A lost daemon may come back as another version. */
  const nameIn = (asked: string, budget: Budget) => (error: unknown): Error => {
    const failure: unknown = budget.signal.aborted ? budget.signal.reason : failureOfExchange(error, asked, connection.endpoint);
    if (!isRefused(failure)) version = undefined;
    return failure instanceof Error ? failure : new Error(String(failure));
  };

  const within = async <T>(asked: string, ask: EngineAsk, work: (budget: Budget) => Promise<T>): Promise<T> => {
    const limitMs = ask.limitMs ?? defaultLimitMs;
    const budget = createBudget([ask.signal, connection.closing], limitMs, () => hung(asked, limitMs, connection));
    try {
      return await work(budget);
    } catch (error) {
      budget.end();
      const failure = nameIn(asked, budget)(error);
      // What stops us may have ended the daemon, or what dials it, a moment earlier.
      const stops = [ask.signal, connection.closing];
      if (isUnreachable(failure) && (await stopFollows(stops))) throw stops.find((signal) => signal?.aborted)?.reason;
      throw failure;
    }
  };

  const negotiate = async (budget: Budget): Promise<string> => {
    const answer = await begin({ method: "GET", target: "/version", ask: {} }, "/version", budget);
    const { ApiVersion, MinAPIVersion } = shaped(parse(await textOf(answer, "GET /version", refusalBytesMax), "GET /version"), "/version") as Partial<Version>;
    if (ApiVersion === undefined || Number.isNaN(minorOf(ApiVersion))) throw garbage("GET /version", "no version");
    if (minorOf(ApiVersion) < minorOf(ourVersion)) throw tooOld(connection.endpoint, ApiVersion, ourVersion);
    return versionFor(MinAPIVersion);
  };

  const versioned = async (method: Method, path: string, ask: EngineAsk, budget: Budget): Promise<IncomingMessage> => {
    version ??= await negotiate(budget);
    return begin({ method, target: `/v${version}${target(path, ask.query)}`, ask }, path, budget);
  };

  return {
    json: <T>(method: Method, path: string, ask: EngineAsk = {}) => {
      const asked = `${method} ${path}`;
      return inTurn(() =>
        within(asked, ask, async (budget) => {
          const text = await textOf(await versioned(method, path, ask, budget), asked, answerBytesMax);
          budget.end();
          const answer = text.trim() === "" ? undefined : parse(text, asked);
          // The one place where an answer is taken for what the Engine's schema says it is.
          return (method === "GET" ? shaped(answer, path) : answer) as T;
        }),
      );
    },
    stream: (method, path, ask = {}) => {
      const asked = `${method} ${path}`;
      return within(asked, ask, async (budget) => {
        const answer = await versioned(method, path, ask, budget);
        budget.begun();
        return asStream(answer, nameIn(asked, budget), budget.end);
      });
    },
    close: connection.close,
  };
};
