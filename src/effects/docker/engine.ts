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
 * The Engine's API, in the version that we know. The caller must encode names in a path.
 *
 * Both reject with `docker-unreachable`, `docker-hung`, `docker-garbage`, `no-swarm`, `docker-refused` (an
 * EngineRefused with its status), with `scope-closed` when the scope is ending, and with the signal's reason.
 */
export interface Engine {
  /** One JSON document; undefined if the answer is empty. Bounded in size and time. */
  readonly json: <T>(method: Exclude<Method, "PUT">, path: string, ask?: EngineAsk) => Promise<T>;
  /** The answer's bytes; resolves when it has begun. The reader must end it: by reading to the end, by the signal, or by `destroy`. */
  readonly stream: (method: Exclude<Method, "DELETE">, path: string, ask?: EngineAsk) => Promise<Readable>;
  /** Hangs up every connection. */
  readonly close: () => void;
}

/** A call takes milliseconds; a daemon that needs this long is restarting or hung. ms */
const defaultLimitMs = 30_000;
const answerBytesMax = 32 * 1024 * 1024;
const refusalBytesMax = 64 * 1024;

/** More calls at once do not make a daemon faster. Streams are not counted. */
const callsAtOnce = 8;

/**
 * A connection by ssh costs two handshakes, because the client first asks whether the daemon is there: 60 calls took
 * half as long over two or three connections as over eight. An sshd drops connections beyond ten at once, and a run has
 * two clients.
 */
const dialledCallsAtOnce = 3;

/** Sends one request; resolves when the answer has begun. Rejects with the failure of its status from 400 on. */
const begin = async (connection: Connection, sent: Sent, path: string, signal: AbortSignal): Promise<IncomingMessage> => {
  const answer = await exchange(connection, sent, signal);
  const status = answer.statusCode ?? 0;
  // A refusal may contain text of somebody else, such as a registry, of any length.
  if (status >= 400) throw failureOfStatus(sent.method, path, status, saidIn(await beginningOf(answer, refusalBytesMax)));
  return answer;
};

/** The version of the API that both know, for paths. */
const negotiate = async (connection: Connection, signal: AbortSignal): Promise<string> => {
  const answer = await begin(connection, { method: "GET", target: "/version", ask: {} }, "/version", signal);
  const { ApiVersion, MinAPIVersion } = shaped(
    parse(await textOf(answer, "GET /version", refusalBytesMax), "GET /version"),
    "/version",
  ) as Partial<Version>;
  if (ApiVersion === undefined || Number.isNaN(minorOf(ApiVersion))) throw garbage("GET /version", "no version");
  if (minorOf(ApiVersion) < minorOf(ourVersion)) throw tooOld(connection.endpoint, ApiVersion, ourVersion);
  return versionFor(MinAPIVersion);
};

/** The failure, or the reason of a stop: whatever stops us may also have ended the daemon, or the process that dials it, a moment earlier. */
const failureOrStop = async (failure: Error, stops: readonly (AbortSignal | undefined)[]): Promise<unknown> =>
  isUnreachable(failure) && (await stopFollows(stops)) ? stops.find((signal) => signal?.aborted)?.reason : failure;

/** A client of the Engine behind the connection. Nothing is sent before the first call. */
export const createEngine = (connection: Connection): Engine => {
  let version: string | undefined;
  const inTurn = createTurnstile(connection.isDialled ? dialledCallsAtOnce : callsAtOnce);

  /** The failure by its name. Forgets the version, because a lost daemon may come back as another one. */
  const nameIn =
    (asked: string, budget: Budget) =>
    (error: unknown): Error => {
      const failure: unknown = budget.signal.aborted ? budget.signal.reason : failureOfExchange(error, asked, connection.endpoint);
      if (!isRefused(failure)) version = undefined;
      return failure instanceof Error ? failure : new Error(String(failure));
    };

  /** Does the work of one call within its time. If it succeeds, the work has ended the budget or passed that on. */
  const inTime = async <T>(asked: string, ask: EngineAsk, work: (budget: Budget) => Promise<T>): Promise<T> => {
    const limitMs = ask.limitMs ?? defaultLimitMs;
    const stops = [ask.signal, connection.closing];
    const budget = createBudget(stops, limitMs, () => hung(asked, limitMs, connection));
    try {
      return await work(budget);
    } catch (error) {
      budget.end();
      throw await failureOrStop(nameIn(asked, budget)(error), stops);
    }
  };

  const versioned = async (method: Method, path: string, ask: EngineAsk, { signal }: Budget): Promise<IncomingMessage> => {
    version ??= await negotiate(connection, signal);
    return begin(connection, { method, target: `/v${version}${target(path, ask.query)}`, ask }, path, signal);
  };

  return {
    json: <T>(method: Method, path: string, ask: EngineAsk = {}) => {
      const asked = `${method} ${path}`;
      return inTurn(() =>
        inTime(asked, ask, async (budget) => {
          const text = await textOf(await versioned(method, path, ask, budget), asked, answerBytesMax);
          budget.end();
          const answer = text.trim() === "" ? undefined : parse(text, asked);
          // The only place where an answer is taken for what the Engine's schema says.
          return (method === "GET" ? shaped(answer, path) : answer) as T;
        }),
      );
    },
    stream: (method, path, ask = {}) => {
      const asked = `${method} ${path}`;
      return inTime(asked, ask, async (budget) => {
        const answer = await versioned(method, path, ask, budget);
        budget.begun();
        return asStream(answer, nameIn(asked, budget), budget.end);
      });
    },
    close: connection.close,
  };
};
