import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { refuse } from "./fail.js";

export type Yaml = Readonly<Record<string, unknown>>;

const isMap = (value: unknown): value is Yaml => typeof value === "object" && value !== null && !Array.isArray(value);

/** `${A}`, `${A:-b}`, `${A-b}`, `${A:?text}`, `$A` and `$$`. */
const interpolate = (text: string, env: NodeJS.ProcessEnv): string =>
  text.replaceAll(/\$(?:\$|\{(\w+)(?:(:?)([-?])((?:[^{}]|\$\{[^{}]*\})*))?\}|(\w+))/g, (match, braced?: string, colon?: string, operator?: string, rest = "", bare?: string) => {
    if (match === "$$") return "$";
    const name = braced ?? bare ?? "";
    const value = env[name];
    const missing = value === undefined || (colon === ":" && value === "");
    if (!missing) return value;
    if (operator === "?") return refuse(`required variable ${name} is missing a value: ${rest}`);
    return operator === "-" ? interpolate(rest, env) : "";
  });

const interpolateAll = (value: unknown, env: NodeJS.ProcessEnv): unknown => {
  if (typeof value === "string") return interpolate(value, env);
  if (Array.isArray(value)) return value.map((one) => interpolateAll(one, env));
  if (isMap(value)) return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, interpolateAll(one, env)]));
  return value;
};

/** A list of `KEY=value` or a map, as a map; a key without a value comes from the caller's environment. */
export const asMap = (value: unknown, env: NodeJS.ProcessEnv = {}): Readonly<Record<string, string>> => {
  const pairs = Array.isArray(value)
    ? value.map((one) => {
        const text = String(one);
        const at = text.indexOf("=");
        return at === -1 ? [text, env[text]] : [text.slice(0, at), text.slice(at + 1)];
      })
    : isMap(value)
      ? Object.entries(value).map(([key, one]) => [key, one === null ? env[key] : String(one)])
      : [];
  return Object.fromEntries(pairs.filter(([, one]) => one !== undefined)) as Record<string, string>;
};

/** Lists that a later file replaces; all others it adds to. */
const replaced = new Set(["command", "entrypoint", "test"]);

const merge = (one: unknown, other: unknown, env: NodeJS.ProcessEnv, key = ""): unknown => {
  if (key === "environment" || key === "labels") return { ...asMap(one, env), ...asMap(other, env) };
  if (replaced.has(key)) return other;
  if (Array.isArray(one) && Array.isArray(other)) return [...one, ...other];
  if (!isMap(one) || !isMap(other)) return other ?? one;
  const merged: Record<string, unknown> = { ...one };
  for (const [name, value] of Object.entries(other)) merged[name] = name in merged ? merge(merged[name], value, env, name) : value;
  return merged;
};

const absoluteFiles = (document: Yaml, folder: string): Yaml => {
  const fix = (things: unknown): unknown =>
    isMap(things)
      ? Object.fromEntries(
          Object.entries(things).map(([name, thing]) => [
            name,
            isMap(thing) && typeof thing["file"] === "string" ? { ...thing, file: join(folder, thing["file"]) } : thing,
          ]),
        )
      : things;
  return { ...document, ...("configs" in document ? { configs: fix(document["configs"]) } : {}), ...("secrets" in document ? { secrets: fix(document["secrets"]) } : {}) };
};

/** Compose files as one document, interpolated from the environment, later files over earlier ones. */
export const readCompose = async (files: readonly string[], env: NodeJS.ProcessEnv): Promise<Yaml> => {
  // Only here: every other call of the command would pay for it.
  const { parse } = await import("yaml");
  // As the client does it: the first file's folder is that of all relative paths, whichever file they stand in.
  const folder = dirname(files[0] ?? ".");
  return files
    .map((file) => {
      const document: unknown = parse(readFileSync(file, "utf8"));
      if (!isMap(document)) return refuse(`Top-level object must be a mapping: ${file}`);
      return absoluteFiles(interpolateAll(document, env) as Yaml, folder);
    })
    .reduce((one, other) => merge(one, other, env) as Yaml);
};

export const mapIn = (document: Yaml, key: string): Readonly<Record<string, Yaml>> => {
  const value = document[key];
  return isMap(value) ? (Object.fromEntries(Object.entries(value).map(([name, thing]) => [name, isMap(thing) ? thing : {}]))) : {};
};

/** `5s`, `1m30s`, `500ms` in ms. */
export const durationMs = (value: unknown, fallback: number): number => {
  if (typeof value !== "string") return fallback;
  const units: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
  return [...value.matchAll(/([\d.]+)(ms|s|m|h)/g)].reduce((sum, [, amount, unit]) => sum + Number(amount) * (units[unit ?? ""] ?? 0), 0);
};

export const digest = (content: string): string => createHash("sha256").update(content).digest("hex");
