import { Moment } from "./moment.js";
import { isMap } from "./schema.js";

/**
 * A value as the client writes it into a text: by Go's `fmt`, which writes floats of a million or more with an exponent. Integers are
 * bigints.
 */
const textOf = (value: unknown): string => {
  if (value instanceof Moment) return value.text;
  if (typeof value !== "number" || !Number.isFinite(value)) return String(value);
  if (Object.is(value, -0)) return "-0";
  const [, mantissa = "", sign = "", exponent = ""] = /^(.+)e([-+])(\d+)$/.exec(value.toExponential()) ?? [];
  const power = Number(`${sign}${exponent}`);
  return value === 0 || (power >= -4 && power < 6) ? String(value) : `${mantissa}e${sign}${exponent.padStart(2, "0")}`;
};

/** A list of `KEY=value` or a map, as a map; null for a key without a value. */
export const pairsOf = (value: unknown): Readonly<Record<string, string | null>> => {
  if (Array.isArray(value)) {
    return Object.fromEntries(
      value.map((one) => {
        const text = String(one);
        const at = text.indexOf("=");
        return at === -1 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
      }),
    );
  }
  return isMap(value) ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, one === null ? null : textOf(one)])) : {};
};

/** The same, with an empty text for a key without a value. */
export const labelsOf = (value: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(pairsOf(value)).map(([key, one]) => [key, one ?? ""]));

/** `host:ip` or `host=ip`, or a map: as `host:ip`, without brackets around the address. */
export const hostsOf = (value: unknown): readonly string[] => {
  const entries = isMap(value)
    ? Object.entries(value)
        .flatMap(([host, ip]) => (ip === null ? [] : [[host, textOf(ip)] as const]))
        .toSorted(([one], [other]) => (one < other ? -1 : 1))
    : (Array.isArray(value) ? value : []).flatMap((one) => {
        const text = String(one);
        const at = text.includes("=") ? text.indexOf("=") : text.indexOf(":");
        return at === -1 ? [] : [[text.slice(0, at), text.slice(at + 1)] as const];
      });
  return entries.map(([host, ip]) => `${host}:${ip.replace(/^\[(.+)\]$/, "$1")}`);
};
