import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

export const newToken = (): string => randomBytes(24).toString("base64url");

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** Takes the same time for every wrong token, however much of it is right. */
const isSame = (given: string, token: string): boolean => timingSafeEqual(digest(given), digest(token));

const loopback = new Set(["127.0.0.1", "localhost", "[::1]"]);

/** The name part of a Host header or an Origin's host. Another port is no foreign host: people come through ssh -L. */
const nameOf = (host: string): string => host.toLowerCase().replace(/:\d{1,5}$/, "");

/** The path and query of a request, or null for what is no address at all. */
export const addressOf = (request: IncomingMessage): URL | null => {
  try {
    return new URL(request.url ?? "", "http://127.0.0.1");
  } catch {
    return null;
  }
};

/**
 * Whether a request may be answered; else why not, for the log of whoever asks. All three must hold:
 *
 * - Host names the loopback: a foreign name that was made to point at 127.0.0.1 does not.
 * - Origin, where a browser sends one, is this very page: no other page may open our sockets, not of another port either.
 * - the token is right.
 */
export const refusalOf = (request: IncomingMessage, token: string): string | null => {
  const { host, origin } = request.headers;
  if (host === undefined || !loopback.has(nameOf(host))) return "foreign host";
  if (origin !== undefined && origin !== `http://${host}`) return "foreign origin";
  const given = addressOf(request)?.searchParams.get("t") ?? "";
  return isSame(given, token) ? null : "no token, or a wrong one";
};
