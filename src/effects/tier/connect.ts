import { connect as open } from "node:net";
import { codeOf } from "../files/error-code.js";
import { within } from "../budget.js";
import type { NoAnswer } from "./http-answer.js";

const oneTryMs = 5_000;

const whys: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused: nobody listens there",
  EHOSTUNREACH: "no route to it",
  ENETUNREACH: "no route to it",
  ECONNRESET: "the connection was closed at once",
};

/** Makes one connection and closes it at once. Null if it could be made, else why not. Rejects only if the signal aborts. */
export const connectOnce = async (host: string, port: number, signal: AbortSignal): Promise<NoAnswer | null> => {
  const limit = within(signal, oneTryMs);
  const socket = open({ host, port, signal: limit });
  try {
    await new Promise<void>((resolve, reject) => void socket.once("connect", resolve).once("error", reject));
    return null;
  } catch (error) {
    signal.throwIfAborted();
    if (limit.aborted) return { kind: "silent", why: `no connection within ${oneTryMs / 1_000} s`, hint: null };
    const code = codeOf(error);
    return { kind: code === "ECONNREFUSED" ? "refused" : "other", why: whys[code] ?? (code === "" ? String(error) : code), hint: null };
  } finally {
    socket.on("error", () => undefined).destroy();
  }
};
