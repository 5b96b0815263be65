import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { codeOf } from "../files/error-code.js";
import type { Starter } from "./connection-dial.js";
import { connectSocket } from "./connection-socket.js";
import type { Endpoint } from "./endpoint.js";
import { unreachable } from "./engine-errors.js";

const startLimitMs = 20_000;
const lost = new Set(["ENOENT", "ECONNREFUSED", "ECONNRESET"]);

const isLost = (error: unknown): boolean => lost.has(codeOf(error));

/** The socket of the sandbox's engine, as it recorded it. Throws ENOENT if there is none. */
const socketIn = (folder: string): string => {
  const { socket } = JSON.parse(readFileSync(join(folder, "engine.json"), "utf8")) as { socket?: unknown };
  if (typeof socket !== "string")
    throw unreachable(`the sandbox ${folder}`, "engine.json names no socket", [], "Remove the sandbox's folder.");
  return socket;
};

/** How often to try: an idle engine ends, on a busy machine possibly between its start and our connection. */
const startsMax = 3;

/** Connects. If no engine answers, calls its docker client, which starts it. */
export const connectToSandbox = (
  { scope, env, cwd }: Starter,
  { folder, docker }: Extract<Endpoint, { kind: "sandbox" }>,
): (() => Promise<Duplex>) => {
  let starting: Promise<void> | undefined;
  const start = async (): Promise<void> => {
    const end = await scope.run({ file: docker, args: ["version"], env: env(), cwd, limitMs: startLimitMs });
    if (end.exitCode === 0) return;
    const lines = end.stderr.trim().split("\n");
    throw unreachable(
      `the sandbox ${folder}`,
      lines.at(-1) || "its engine did not start",
      lines.slice(-5),
      "The engine's own log lies in the sandbox's folder.",
    );
  };
  return async () => {
    for (let starts = 0; ; starts += 1) {
      try {
        return await connectSocket(socketIn(folder));
      } catch (error) {
        if (!isLost(error) || starts === startsMax) throw error;
        starting ??= start().finally(() => (starting = undefined));
        await starting;
      }
    }
  };
};
