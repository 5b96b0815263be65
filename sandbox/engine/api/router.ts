import type { Readable } from "node:stream";
import { beyondSandbox } from "../../../src/effects/abra/beyond-sandbox.js";
import { BadFaults, type Pain } from "../../shared/faults.js";
import { EngineRefusal, refuse } from "../refusal.js";
import { archiveRoutes } from "./archive.js";
import { containerRoutes } from "./containers.js";
import { statsRoutes } from "./stats.js";
import { execRoutes } from "./exec.js";
import { imageRoutes } from "./images.js";
import { keptFileRoutes } from "./kept-files.js";
import { networkRoutes } from "./networks.js";
import { serviceRoutes } from "./services.js";
import { systemRoutes } from "./system.js";
import { taskRoutes } from "./tasks.js";
import { volumeRoutes } from "./volumes.js";
import type { Answer, Ask, Engine, Route } from "./route.js";

const routes = [
  ...systemRoutes,
  ...serviceRoutes,
  ...taskRoutes,
  ...containerRoutes,
  ...statsRoutes,
  ...archiveRoutes,
  ...execRoutes,
  ...volumeRoutes,
  ...networkRoutes,
  ...keptFileRoutes,
  ...imageRoutes,
].map((route) => ({
  route,
  pattern: new RegExp(`^${route.path.replace(/:\w+/g, "([^/]+)").replace("*", "(.+)")}$`),
  names: [...route.path.matchAll(/:(\w+)|(\*)/g)].map(([, name, rest]) => name ?? rest ?? ""),
}));

/** A call of the API, over HTTP or from inside. */
export interface Call {
  readonly method: string;
  /** With or without the prefix `/v1.xx`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  /** A body that is not JSON. */
  readonly input?: Readable;
  readonly onGone: Ask["onGone"];
}

interface Found {
  readonly route: Route;
  readonly named: ReadonlyMap<string, string>;
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

const find = (method: string, path: string): Found => {
  const bare = path.replace(/^\/v\d+\.\d+(?=\/)/, "");
  const matching = routes.filter(({ pattern }) => pattern.test(bare));
  // The first match counts, so `/services/create` must come before `/services/:id`.
  const match = matching.find(({ route }) => route.method === method);
  if (match === undefined)
    return refuse(matching.length > 0 ? 405 : 404, matching.length > 0 ? beyondSandbox(`${method} ${bare}`) : "page not found");
  const values = match.pattern.exec(bare)?.slice(1) ?? [];
  return { route: match.route, named: new Map(match.names.map((name, index) => [name, decoded(values[index] ?? "")])) };
};

const truths = new Set(["1", "t", "true", "yes", "True", "TRUE"]);

const askOf = (engine: Engine, { query, body, input, onGone }: Call, named: ReadonlyMap<string, string>): Ask => ({
  engine,
  of: (name) => named.get(name) ?? "",
  query,
  is: (name) => truths.has(query.get(name) ?? ""),
  body,
  input: input ?? null,
  onGone,
});

const answerOf = (error: unknown): Answer => {
  if (error instanceof EngineRefusal) return { status: error.status, body: { message: error.message } };
  process.stderr.write(`${String(error instanceof Error ? error.stack : error)}\n`);
  return { status: 500, body: { message: String(error) } };
};

/** Executes a call, without faults. Never rejects. */
export const dispatch = async (engine: Engine, call: Call): Promise<Answer> => {
  try {
    const { route, named } = find(call.method, call.path);
    return await route.answer(askOf(engine, call, named));
  } catch (error) {
    return answerOf(error);
  }
};

const never = new Promise<Answer>(() => undefined);
const garbage: Answer = {
  status: 200,
  headers: { "Content-Type": "application/json" },
  stream: (out) => void out.end("\u0000\u001B[31m%%% not what you asked for %%%\n"),
};

const wordsOf = ({ method, path }: Call): readonly string[] => {
  try {
    return find(method, path).route.words.map((words) => `docker ${words}`);
  } catch {
    return ["docker"];
  }
};

/** A pretended success: nothing was done. */
const pretended = ({ method, path }: Call): Answer =>
  method === "GET"
    ? { status: 200, body: path.endsWith("/volumes") ? { Volumes: [], Warnings: null } : [] }
    : { status: method === "DELETE" ? 204 : 200 };

/** The same for a caller from outside, with the faults that faults.json has for the call. */
export const dispatchWithFaults = async (engine: Engine, call: Call): Promise<Answer> => {
  const words = wordsOf(call);
  let pains: readonly Pain[];
  try {
    pains = engine.faults.painsFor(...words);
  } catch (error) {
    if (error instanceof BadFaults) return { status: 500, body: { message: error.message } };
    throw error;
  }
  let hangsAfter = false;
  for (const pain of pains) {
    if (pain.kind === "slow") await new Promise((resolve) => setTimeout(resolve, pain.ms));
    else if (pain.kind === "exit")
      return pain.code === 0 ? pretended(call) : { status: 500, body: { message: `${words[0] ?? "docker"}: told to fail by faults.json` } };
    else if (pain.kind === "garbage") return garbage;
    else if (pain.kind === "then-hang") hangsAfter = true;
    else return never;
  }
  const answer = await dispatch(engine, call);
  return hangsAfter ? never : answer;
};
