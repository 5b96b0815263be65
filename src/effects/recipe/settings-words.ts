import * as v from "valibot";
import { formatDuration } from "../../machines/duration.js";
import type { Masked } from "./masked.js";

/** Settings that have another name in recipe.yml, by their path. */
const keys: ReadonlyMap<string, string> = new Map([
  ["convergence.monitorMs", "monitor"],
  ["convergence.crashDeaths", "crashLoop.deaths"],
  ["convergence.crashMs", "crashLoop.after"],
  ["health.statuses", "health.status"],
  ["health.followsRedirects", "health.redirects"],
]);

const ranges = v.array(v.object({ from: v.number(), to: v.number() }));

/** A value in recipe.yml's form, if it is kept in another; else null. */
const asWritten = (key: string, value: Masked): string | null => {
  if (key === "health.status" && v.is(ranges, value))
    return value.map(({ from, to }) => (from === to ? String(from) : `${from}-${to}`)).join(",");
  if (key === "health.redirects") return value === true ? "follow" : "stop";
  if (key === "screenshot") return value === "" ? "true" : value === null ? "false" : null;
  return null;
};

const shown = (path: string, key: string, value: Masked): string => {
  const written = asWritten(key, value);
  if (written !== null) return written;
  if (path.endsWith("Ms") && typeof value === "number") return formatDuration(value);
  return typeof value === "string" ? value : JSON.stringify(value);
};

type Word = readonly [key: string, value: string];

const words = (value: Masked, path: readonly string[] = []): readonly Word[] => {
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return Object.entries(value).flatMap(([name, one]) => words(one, [...path, name]));
  const joined = path.join(".");
  const key = keys.get(joined) ?? joined.replace(/Ms$/, "");
  return [[key, shown(joined, key, value)]];
};

/** Every setting that differs from its default, as `key=value` with its key in recipe.yml. */
export const settingsWords = (settings: Masked, defaults: Masked): readonly string[] => {
  const usual = new Map(words(defaults));
  return words(settings).flatMap(([key, value]) => (usual.get(key) === value ? [] : [`${key}=${value}`]));
};

/** All settings that are not empty, one line for each key of recipe.yml. */
export const settingsLines = (settings: Masked): readonly string[] => {
  const lines = new Map<string, string[]>();
  for (const [key, value] of words(settings)) {
    if (value === "null" || value === "[]" || key === "health.kind") continue;
    const [top = key, ...below] = key.split(".");
    const line = lines.get(top) ?? [];
    lines.set(top, [...line, below.length === 0 ? value : `${below.join(".")}=${value}`]);
  }
  return [...lines].map(([top, line]) => `${top}: ${line.join(" ")}`);
};
