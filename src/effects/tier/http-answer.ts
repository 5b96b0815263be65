import { STATUS_CODES, request as plain, type ClientRequest, type IncomingMessage } from "node:http";
import { request as secured } from "node:https";
import { TLSSocket, type SecureContext } from "node:tls";
import { messageOf } from "../../machines/errors.js";
import { within } from "../budget.js";
import { codeOf } from "../files/error-code.js";

/** As much of an answer as is needed to tell answers apart. */
export interface Answer {
  readonly status: number;
  readonly location: string | null;
  readonly type: string;
  readonly body: string;
}

/** Why no usable answer came, for people, and what to do about it if that is known. */
export interface NoAnswer {
  readonly kind: "no-name" | "refused" | "certificate" | "silent" | "garbage" | "other";
  readonly why: string;
  readonly hint: string | null;
}

type Asked = { readonly answer: Answer } | { readonly problem: NoAnswer };

export interface AskSettings {
  /** The trusted authorities; undefined: those that Node brings. */
  readonly trust: SecureContext | undefined;
  /** Asks whoever answers for the URL's host, but for this name. The certificate is then ignored. */
  readonly inTheNameOf?: string;
  readonly signal: AbortSignal;
}

const oneTryMs = 5_000;
const bodyMax = 8 * 1024;

const portOf = ({ port, protocol }: URL): string => port || (protocol === "https:" ? "443" : "80");

const problem = (kind: NoAnswer["kind"], why: string, hint: string | null = null): Asked => ({ problem: { kind, why, hint } });

const byCode = (code: string, url: URL, message: string): Asked => {
  const at = `${url.hostname}:${portOf(url)}`;
  switch (code) {
    case "ENOTFOUND":
    case "EAI_AGAIN":
    case "EAI_NODATA":
      return problem(
        "no-name",
        `no such name: ${url.hostname} does not resolve here`,
        "Point a wildcard of the zone at this host, or reach the app directly: reach: service:NAME:PORT in recipe.yml.",
      );
    case "ECONNREFUSED":
      return problem("refused", `connection refused: nobody listens at ${at}`, null);
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return problem(
        "refused",
        `no route to ${at}`,
        "The address is another node's, or a firewall's business: publish the port, or run where it can be reached.",
      );
    case "ECONNRESET":
    case "EPIPE":
      return problem("silent", "the connection was closed before an answer came", null);
    case "EPROTO":
    case "ERR_SSL_WRONG_VERSION_NUMBER":
    case "ERR_SSL_PACKET_LENGTH_TOO_LONG":
      return problem("garbage", `what listens at ${at} speaks no TLS: ${message}`, "Is it http:// and not https://?");
    default:
      return code.startsWith("HPE_")
        ? problem("garbage", `what listens at ${at} speaks no HTTP`, "Is it the right port?")
        : problem("other", message, null);
  }
};

/** What is wrong with the certificate, and whose it is; null if it is trusted. */
const certificateTrouble = ({ socket }: IncomingMessage): string | null => {
  if (!(socket instanceof TLSSocket) || socket.authorized) return null;
  const { subject, issuer } = socket.getPeerCertificate();
  const reason = socket.authorizationError;
  const named = (of: typeof subject | undefined): string => (of === undefined ? "nobody" : String(of.CN ?? of.O ?? "nobody"));
  return `its certificate, made out to ${named(subject)} by ${named(issuer)}, is not trusted here (${messageOf(reason)})`;
};

const bodyOf = async (response: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= bodyMax) break; // Leaving the loop closes the connection.
  }
  return Buffer.concat(chunks).subarray(0, bodyMax).toString("utf8");
};

const send = (url: URL, { trust, inTheNameOf }: AskSettings, signal: AbortSignal): ClientRequest => {
  const host = inTheNameOf === undefined ? url.host : `${inTheNameOf}${url.port === "" ? "" : `:${url.port}`}`;
  const shared = {
    signal,
    agent: false as const,
    headers: { Host: host, "User-Agent": "recipe-ci", Accept: "*/*" },
    // Browsers resolve every name below localhost to this host; the resolvers of many systems do not.
    ...(url.hostname.endsWith(".localhost") ? { hostname: "127.0.0.1" } : {}),
  };
  if (url.protocol === "http:") return plain(url, shared);
  const servername = inTheNameOf ?? url.hostname;
  // The certificate is checked below: a connection refused here would not show whose certificate it was.
  return secured(url, { ...shared, servername, rejectUnauthorized: false, ...(trust === undefined ? {} : { secureContext: trust }) });
};

/** One GET; redirects are not followed. Rejects only if the signal aborts; any other failure is in the result. */
export const ask = async (url: URL, settings: AskSettings): Promise<Asked> => {
  const limit = within(settings.signal, oneTryMs);
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      send(url, settings, limit).once("response", resolve).on("error", reject).end();
    });
    response.on("error", () => undefined);
    const trouble = settings.inTheNameOf === undefined ? certificateTrouble(response) : null;
    if (trouble !== null) {
      response.destroy();
      return problem(
        "certificate",
        trouble,
        "Name the authority that signs it in CCCI_CA_FILE (a PEM file), or give the proxy a certificate for the zone.",
      );
    }
    const { statusCode: status = 0, headers } = response;
    return { answer: { status, location: headers.location ?? null, type: headers["content-type"] ?? "", body: await bodyOf(response) } };
  } catch (error) {
    settings.signal.throwIfAborted();
    if (limit.aborted) return problem("silent", `no answer within ${oneTryMs / 1_000} s`, null);
    return byCode(codeOf(error), url, messageOf(error));
  }
};

export const statusWords = (status: number): string =>
  `HTTP ${status}${STATUS_CODES[status] === undefined ? "" : ` ${STATUS_CODES[status]}`}`;
