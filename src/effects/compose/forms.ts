import { isIP } from "node:net";
import { isNoPort, portSpecOf } from "./port-spec.js";
import { shellWords } from "./shell-words.js";

/** The form that a text must have. */
export interface Form {
  /** The form in words, for messages: `a duration such as 10s or 1m30s`. */
  readonly words: string;
  readonly takes: (text: string) => boolean;
}

/** No meaningful value is longer. Each form is checked in linear time. */
const lengthMax = 1_000;

const form = (words: string, takes: (text: string) => boolean): Form => ({
  words,
  takes: (text) => text.length <= lengthMax && takes(text),
});

export const oneOf = (...known: readonly string[]): Form =>
  form(known.filter((word) => word !== "").join(", "), (text) => known.includes(text));

/** docker's client lower-cases it. */
export const endpointMode = form("vip or dnsrr", (text) => ["vip", "dnsrr", ""].includes(text.toLowerCase()));

const unitsNs: Readonly<Record<string, number>> = { ns: 1, us: 1e3, µs: 1e3, μs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3_600e9 };

/** A duration in Go's form, in ns; null if it is none. */
export const durationNs = (text: string): number | null => {
  const [, sign = "", body = ""] = /^([-+]?)(.*)$/su.exec(text) ?? [];
  if (body === "0") return 0;
  if (!/^(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/u.test(body)) return null;
  const parts = body.split(/(?<=\p{L})(?=[\d.])/u);
  const sum = parts.reduce((all, part) => all + Number.parseFloat(part) * (unitsNs[part.replace(/^[\d.]+/, "")] ?? Number.NaN), 0);
  if (!(sum < 2 ** 63)) return null;
  return sign === "-" ? -sum : sum;
};

export const duration = form("a duration such as 10s or 1m30s", (text) => durationNs(text) !== null);

/** The Swarm accepts no negative duration. */
export const positiveDuration = form("a duration that is not negative, such as 10s", (text) => (durationNs(text) ?? -1) >= 0);

export const healthDuration = form("0 or a duration of at least 1ms, such as 10s", (text) => {
  const ns = durationNs(text);
  return ns === 0 || (ns ?? 0) >= 1e6;
});

const unitBytes: Readonly<Record<string, number>> = { "": 1, b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4, p: 1024 ** 5 };

/** A size as docker's client reads it, in bytes: `50M`, `1.5 GiB`, `1024`. Null if it is none. */
export const sizeBytes = (text: string): number | null => {
  const [, amount, unit = ""] = /^(\+?(?:\d+(?:\.\d*)?|\.\d+)) ?(b|[kmgtp](?:i?b)?)?$/i.exec(text) ?? [];
  return amount === undefined ? null : Math.trunc(Number(amount) * (unitBytes[unit.slice(0, 1).toLowerCase()] ?? 1));
};

export const size = form("an amount such as 512M or 1G", (text) => sizeBytes(text) !== null);

const memoryMin = 4 * 1024 ** 2;

/** The Swarm's own least; 0 is no limit. */
export const memory = form("an amount of memory of at least 4M, such as 512M or 1G", (text) => {
  const bytes = sizeBytes(text);
  return bytes === 0 || (bytes ?? 0) >= memoryMin;
});

/** `0.5`, `1/2`, `5e-1`, in billionths; null if it is none or finer than that. */
export const nanoCpus = (text: string): number | null => {
  const [, above, below = "1"] = /^(-?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d{1,3})?)(?:\/(\d+))?$/i.exec(text) ?? [];
  if (above === undefined || Number(below) === 0) return null;
  const nano = (Number(above) / Number(below)) * 1e9;
  return Math.abs(nano - Math.round(nano)) < 1e-3 ? Math.round(nano) : null;
};

/** The Swarm's own least; 0 is no limit. */
export const cpus = form("a number of processors of at least 0.001, such as 0.5", (text) => {
  const nano = nanoCpus(text);
  return text === "" || nano === 0 || (nano ?? 0) >= 1e6;
});

export const subnet = form("a subnet such as 10.0.0.0/24", (text) => {
  const [address = "", bits = ""] = text.split("/", 2);
  return text.split("/").length === 2 && isIP(address) !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (isIP(address) === 4 ? 32 : 128);
});

/** A port as in `[[IP:]PUBLISHED:]TARGET[/PROTOCOL]`. */
export const portSpec = form("a port such as 80, 8080:80 or 53:53/udp", (text) => !isNoPort(portSpecOf(text)));

/** swarmkit, manager/controlapi/service.go: validateUpdate. */
export const ratio = form("a ratio from 0 to 1, such as 0.25", (text) => Number(text) >= 0 && Number(text) <= 1);

/** moby, daemon/cluster/convert/container.go; it heeds no capitals. */
export const propagation = form(
  "rprivate, private, rshared, shared, rslave, slave",
  (text) => text === "" || /^r?(?:private|shared|slave)$/i.test(text),
);

/** The number of a user or a group, which a node's engine parses like Go's Atoi. */
export const idNumber = form('a number in quotes, such as "1000"', (text) => /^(?:[-+]?\d+)?$/.test(text));

/** A command in one text, of any length. */
export const commandLine: Form = {
  words: 'words whose quotes are all closed, with no backslash at the end; a list such as ["sh", "-c", "it\'s"] may have both',
  takes: (text) => !("unended" in shellWords(text)),
};

/** swarmkit, manager/controlapi/common.go: a name that could be one of DNS, whatever its length. */
export const dnsName: Form = {
  takes: (name) => /^[a-zA-Z0-9](?:[-_]*[A-Za-z0-9])*$/.test(name),
  words: "letters, digits, and `-` and `_` between them",
};

export const constraint = form("a constraint such as node.role==manager", (text) => {
  const [operator] = ["==", "!="].filter((one) => text.includes(one));
  if (operator === undefined) return false;
  const [key, value] = [text.slice(0, text.indexOf(operator)).trim(), text.slice(text.indexOf(operator) + 2).trim()];
  return /^[a-z_][a-z0-9\-_.]+$/i.test(key) && /^[a-z0-9:\-_\s.*()?+[\]\\^$|/]+$/i.test(value);
});

export const restart = form(
  "no, always, on-failure, on-failure:3 or unless-stopped",
  (text) => text === "" || /^(?:no|always|unless-stopped|on-failure)(?::(?:[-+]?\d+)?)?$/.test(text),
);
