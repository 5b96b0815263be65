import { isMap, type Yaml } from "./schema.js";

/** Whether a value of a later file does not replace an earlier file's: the client treats it as not given. */
const isEmpty = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === "" ||
  value === false ||
  value === 0 ||
  (Array.isArray(value) ? value.length === 0 : isMap(value) && Object.keys(value).length === 0);

/** Keys that a later file may set to 0. */
const counts = new Set(["replicas", "parallelism", "max_attempts", "retries"]);

/** Keys whose value in a later file replaces the earlier one as a whole. */
const wholes = new Set(["command", "entrypoint"]);

/** The key by which two entries of a list count as the same. If a second file defines the service, that applies within one file too. */
const keys: Readonly<Record<string, string>> = { ports: "published", volumes: "target", secrets: "source", configs: "source" };

const byKey = (one: readonly Yaml[], other: readonly Yaml[], key: string): readonly Yaml[] => {
  // A number of a long form is a bigint, that of a short form is not.
  const merged = new Map([...one, ...other].map((entry) => [String(entry[key] ?? (key === "published" ? 0 : "")), entry] as const));
  return [...merged].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
};

const logging = (one: Yaml, other: Yaml): Yaml => {
  const isSame = isEmpty(one["driver"]) || isEmpty(other["driver"]) || one["driver"] === other["driver"];
  return isSame ? mergeMaps(one, other) : other;
};

/** A service's settings for one of its networks: only the later file's aliases count. */
const attachment = (one: unknown, other: unknown): unknown =>
  isMap(one) && isMap(other)
    ? { ...one, aliases: other["aliases"], ...(isEmpty(other["ipv4_address"]) ? {} : { ipv4_address: other["ipv4_address"] }) }
    : (other ?? one);

const merge = (key: string, one: unknown, other: unknown): unknown => {
  if (counts.has(key)) return other ?? one;
  if (isEmpty(other)) return one;
  if (Array.isArray(one) && Array.isArray(other)) return wholes.has(key) ? other : [...one, ...other];
  if (!isMap(one) || !isMap(other)) return other;
  if (key === "logging") return logging(one, other);
  if (key === "ulimits") return { ...one, ...other };
  if (key === "networks")
    return {
      ...one,
      ...other,
      ...Object.fromEntries(Object.entries(other).flatMap(([name, value]) => (name in one ? [[name, attachment(one[name], value)]] : []))),
    };
  return mergeMaps(one, other);
};

const mergeMaps = (one: Yaml, other: Yaml): Yaml => {
  const merged: Record<string, unknown> = { ...one };
  for (const [key, value] of Object.entries(other)) merged[key] = key in merged ? merge(key, merged[key], value) : value;
  return merged;
};

const listOf = (value: unknown): readonly Yaml[] => (Array.isArray(value) ? value : []);

/** Merges the loaded definitions of one service in two files. */
export const mergeServices = (one: Yaml, other: Yaml): Yaml => {
  const lists = Object.entries(keys).flatMap(([name, key]) => {
    const [base, later] = [listOf(one[name]), listOf(other[name])];
    return base.length === 0 ? [[name, later]] : [[name, byKey(base, later, key)]];
  });
  return { ...mergeMaps(one, other), ...Object.fromEntries(lists) };
};

/** If two files define one network, volume, secret or config, only the later one counts. */
export const mergeSections = (one: Yaml, other: Yaml): Yaml => ({ ...one, ...other });
