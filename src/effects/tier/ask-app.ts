import { randomBytes } from "node:crypto";
import type { Health } from "../../machines/recipe-settings.js";
import { ask, statusWords, type Answer, type AskSettings, type NoAnswer } from "./http-answer.js";

const redirectsMax = 10;

export interface Target {
  readonly url: string;
  /** The zone, if a proxy chooses the app by name: what the proxy answers for another name is then its own answer. null: no proxy. */
  readonly zone: string | null;
}

const other = (why: string, hint: string | null = null): NoAnswer => ({ kind: "other", why, hint });

const isElsewhere = (from: URL, to: URL): boolean => from.host !== to.host || from.protocol !== to.protocol;

/** Follows redirects on the same host to their end. One that leads elsewhere, perhaps to a login, is the app's answer. */
const followed = async (first: URL, settings: AskSettings): Promise<{ readonly answer: Answer } | { readonly problem: NoAnswer }> => {
  const seen = [first.href];
  for (let url: URL = first; ;) {
    const asked = await ask(url, settings);
    if ("problem" in asked) return asked;
    const { status, location } = asked.answer;
    if (status < 300 || status >= 400 || location === null || !URL.canParse(location, url.href)) return asked;
    const next = new URL(location, url);
    if (isElsewhere(first, next)) return asked;
    if (seen.includes(next.href) || seen.length > redirectsMax) {
      return {
        problem: other(
          `redirect loop: ${[...seen, next.href].slice(-4).join(" -> ")}`,
          "The app may take a proxied request for a plain one: it must trust X-Forwarded-Proto.",
        ),
      };
    }
    seen.push(next.href);
    url = next;
  }
};

/** A text that is equal for answers that differ only in the name that was asked for. */
const fingerprint = ({ status, location, type, body }: Answer, name: string): string =>
  JSON.stringify([status, location, type, body].map((part) => (typeof part === "string" ? part.replaceAll(name, "NAME") : part)));

/** Whether a proxy gives the same answer for a name that cannot exist. */
const isProxysOwn = async (url: URL, zone: string, answer: Answer, settings: AskSettings): Promise<boolean> => {
  const nobody = `nobody-${randomBytes(6).toString("hex")}.${zone}`;
  const asked = await ask(url, { ...settings, inTheNameOf: nobody });
  return "answer" in asked && fingerprint(asked.answer, nobody) === fingerprint(answer, url.hostname);
};

/** What counts as an answer over HTTP. */
type Expected = Omit<Extract<Health, { kind: "http" }>, "kind" | "inARow">;

/** A login page or the app's own 404 is an answer; a 5xx is not. */
const anyAnswer: Expected = { path: null, statuses: [{ from: 100, to: 499 }], followsRedirects: true };

const pageOf = (address: string, path: string | null): URL => {
  const url = new URL(address);
  return path === null ? url : new URL(`${url.origin}${url.pathname.replace(/\/$/, "")}${path}`);
};

const wantedWords = ({ statuses }: Expected): string =>
  statuses.map(({ from, to }) => (from === to ? String(from) : `${from}-${to}`)).join(", ");

const judged = (status: number, url: URL, expected: Expected): NoAnswer | null => {
  if (expected.statuses.some(({ from, to }) => status >= from && status <= to)) return null;
  if (expected !== anyAnswer && status < 500)
    return other(
      `${statusWords(status)}${expected.path === null ? "" : ` for ${url.pathname}`}, where health in recipe.yml wants ${wantedWords(expected)}`,
      "Look at that page, or correct health in recipe.yml.",
    );
  return other(
    statusWords(status),
    status === 502 || status === 504
      ? "The proxy has it and the app does not answer it: check the port that the proxy is told."
      : "The app's own log says why.",
  );
};

/** Null if the app itself answers there as expected, else why that is not the case. */
export const askApp = async (
  { url: address, zone }: Target,
  settings: AskSettings,
  expected: Expected = anyAnswer,
): Promise<NoAnswer | null> => {
  const url = pageOf(address, expected.path);
  const first = zone === null ? null : await ask(url, settings);
  if (first !== null && "answer" in first && zone !== null && (await isProxysOwn(url, zone, first.answer, settings))) {
    return other(
      `the proxy's own answer (${statusWords(first.answer.status)}), the same as for a name that cannot exist: it does not serve this one`,
      "Check the router's labels of the service, and that it is on the proxy's network.",
    );
  }
  const asked = expected.followsRedirects ? await followed(url, settings) : (first ?? (await ask(url, settings)));
  return "problem" in asked ? asked.problem : judged(asked.answer.status, url, expected);
};
