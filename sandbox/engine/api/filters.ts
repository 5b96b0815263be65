import { refuse, refuseUnknown } from "../refusal.js";
import type { Labels } from "../schema.js";

export interface Filters {
  /** The values of a filter; none given: an empty list. */
  readonly of: (name: string) => readonly string[];
}

const valuesOf = (value: unknown): readonly string[] => {
  if (Array.isArray(value)) return value.map(String);
  // The form of clients older than 1.22: a map of value → true.
  return typeof value === "object" && value !== null ? Object.keys(value) : [];
};

/**
 * Parses the query's `filters`, a JSON object of lists. Refuses a filter that this listing does not have. Refuses by name one
 * that a real engine knows `beyond` what the sandbox applies, because a listing must not contain more than was asked for.
 */
export const parseFilters = (query: URLSearchParams, applied: readonly string[], beyond: readonly string[] = []): Filters => {
  const text = query.get("filters");
  let parsed: unknown = {};
  if (text !== null && text !== "") {
    try {
      parsed = JSON.parse(text);
    } catch {
      refuse(400, `invalid character '${text[0] ?? ""}' looking for beginning of value`);
    }
  }
  const entries = typeof parsed === "object" && parsed !== null ? Object.entries(parsed) : [];
  const [other] = entries.find(([name]) => !applied.includes(name)) ?? [];
  if (other !== undefined && beyond.includes(other)) refuseUnknown(`the filter ${other}`);
  if (other !== undefined) refuse(400, `Invalid filter '${other}'`);
  const map = new Map(entries.map(([name, value]) => [name, valuesOf(value)]));
  return { of: (name) => map.get(name) ?? [] };
};

/** Whether the labels match all of the wanted `key` or `key=value`. */
export const hasLabels = (labels: Labels | null, wanted: readonly string[]): boolean =>
  wanted.every((text) => {
    const at = text.indexOf("=");
    const key = at === -1 ? text : text.slice(0, at);
    const value = labels?.[key];
    return value !== undefined && (at === -1 || value === text.slice(at + 1));
  });

/** Whether one of the values is part of the name; true if there are none. */
export const hasName = (name: string, wanted: readonly string[]): boolean =>
  wanted.length === 0 || wanted.some((part) => name.includes(part.replace(/^\//, "")));

/** Whether the id begins with one of the values; true if there are none. */
export const hasId = (id: string, wanted: readonly string[]): boolean => wanted.length === 0 || wanted.some((part) => id.startsWith(part));

/** Whether the value is one of those wanted; true if there are none. */
export const isOneOf = (value: string, wanted: readonly string[]): boolean => wanted.length === 0 || wanted.includes(value);
