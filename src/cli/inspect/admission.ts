import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

export const newToken = (): string => randomBytes(24).toString("base64url");

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** Takes the same time for every wrong token, however much of it is correct. */
const isSame = (given: string, token: string): boolean => timingSafeEqual(digest(given), digest(token));

const loopback = new Set(["127.0.0.1", "localhost", "[::1]"]);

/** The name in a Host header or an Origin, without the port: people come through ssh -L, so another port is not another host. */
const nameOf = (host: string): string => host.toLowerCase().replace(/:\d{1,5}$/, "");

/** The path and query of a request; null if it has no valid address. */
export const addressOf = (request: IncomingMessage): URL | null => {
  try {
    return new URL(request.url ?? "", "http://127.0.0.1");
  } catch {
    return null;
  }
};

/**
 * Why a request must not be answered; null if it may be. All three must hold:
 *
 * - Host names the loopback: a foreign name that points at 127.0.0.1 is refused.
 * - Origin, if a browser sends one, is this very page: no other page may open our sockets, not even one on another port.
 * - the token is right.
 */
export const refusalOf = (request: IncomingMessage, token: string): string | null => {
  const { host, origin } = request.headers;
  if (host === undefined || !loopback.has(nameOf(host))) return "foreign host";
  if (origin !== undefined && origin !== `http://${host}`) return "foreign origin";
  const given = addressOf(request)?.searchParams.get("t") ?? "";
  return isSame(given, token) ? null : "no token, or a wrong one";
};
