import { readFileSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { parse } from "yaml";
import { refuse } from "../refusal.js";
import { interpolateAll, valueIn } from "./interpolate.js";
import { assertCompose, isMap, type Yaml } from "./schema.js";

export type Variables = Readonly<Record<string, string | undefined>>;

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
  return isMap(value) ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, one === null ? null : String(one)])) : {};
};

/** The same where no value is an empty one. */
export const labelsOf = (value: unknown): Readonly<Record<string, string>> => Object.fromEntries(Object.entries(pairsOf(value)).map(([key, one]) => [key, one ?? ""]));

/** A command line in one text, split as a shell would: quotes and backslashes, nothing more. */
export const splitWords = (text: string): readonly string[] => {
  const words: string[] = [];
  let isInWord = false;
  for (const [, double, single, escaped, bare] of text.matchAll(/"((?:\\.|[^"\\])*)"|'([^']*)'|\\(.)|([^\s"'\\]+)|\s+/gs)) {
    const piece = double?.replaceAll(/\\(["\\$`])/g, "$1") ?? single ?? escaped ?? bare;
    if (piece === undefined) isInWord = false;
    else if (isInWord) words.push(`${words.pop() ?? ""}${piece}`);
    else {
      words.push(piece);
      isInWord = true;
    }
  }
  return words;
};

/** Lists that a later file replaces; of the others it adds to, or replaces what has the same key. */
const replaced = new Set(["command", "entrypoint", "test"]);
const paired = new Set(["environment", "labels"]);

/** What makes two entries of a list the same one. */
const keyOf = (key: string, entry: unknown): string => {
  if (key === "ports") return JSON.stringify(isMap(entry) ? [entry["target"], entry["published"], entry["protocol"]] : entry);
  if (key === "volumes") return isMap(entry) ? String(entry["target"]) : (String(entry).split(":").at(String(entry).includes(":") ? 1 : 0) ?? "");
  if (key === "secrets" || key === "configs") return isMap(entry) ? String(entry["source"]) : String(entry);
  return JSON.stringify(entry);
};

const asMapOfNetworks = (value: unknown): unknown => (Array.isArray(value) ? Object.fromEntries(value.map((name) => [String(name), null])) : value);

const merge = (one: unknown, other: unknown, key: string, depth: number): unknown => {
  if (paired.has(key)) return { ...pairsOf(one), ...pairsOf(other) };
  if (key === "networks" && depth > 2) return merge(asMapOfNetworks(one), asMapOfNetworks(other), "", depth);
  if (replaced.has(key)) return other;
  if (Array.isArray(one) && Array.isArray(other)) return [...new Map([...one, ...other].map((entry) => [keyOf(key, entry), entry] as const)).values()];
  if (!isMap(one) || !isMap(other)) return other ?? one;
  const merged: Record<string, unknown> = { ...one };
  for (const [name, value] of Object.entries(other)) merged[name] = name in merged ? merge(merged[name], value, name, depth + 1) : value;
  return merged;
};

const inFolder = (folder: string, file: string): string => (isAbsolute(file) ? file : resolve(folder, file));

/** Files, env_file and bind mounts are relative to the first file's folder, whichever file they stand in. */
const absolute = (document: Yaml, folder: string): Yaml => {
  const ofFiles = (things: unknown): unknown =>
    isMap(things) ? Object.fromEntries(Object.entries(things).map(([name, thing]) => [name, isMap(thing) && typeof thing["file"] === "string" ? { ...thing, file: inFolder(folder, thing["file"]) } : thing])) : things;
  const sections = Object.fromEntries(["configs", "secrets"].flatMap((key) => (key in document ? [[key, ofFiles(document[key])]] : [])));
  return { ...document, ...sections };
};

const envFileLines = (file: string): Readonly<Record<string, string>> => {
  let text = "";
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return refuse(`open ${file}: no such file or directory`);
  }
  return Object.fromEntries(text.split("\n").flatMap((line) => (/^\s*(#|$)/.test(line) || !line.includes("=") ? [] : [[line.slice(0, line.indexOf("=")).trim(), line.slice(line.indexOf("=") + 1).replace(/\r$/, "")]])));
};

/** A key without a value comes from the caller's environment, and stays without where that has none. */
const withEnvironment = (service: Yaml, folder: string, variables: Variables): Yaml => {
  const files = service["env_file"];
  const fromFiles = (Array.isArray(files) ? files.map(String) : typeof files === "string" ? [files] : []).map((file) => envFileLines(inFolder(folder, file)));
  const own = Object.fromEntries(Object.entries(pairsOf(service["environment"])).map(([key, value]) => [key, value ?? valueIn(variables, key) ?? null]));
  return { ...service, environment: Object.assign({}, ...fromFiles, own) as Yaml };
};

const parseFile = (file: string, text: string): Yaml => {
  try {
    const document: unknown = parse(text, { merge: true, logLevel: "error" });
    if (!isMap(document)) return refuse(`Top-level object must be a mapping`);
    return document;
  } catch (error) {
    return refuse(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
};

/** Compose files as one document: interpolated, checked each for itself, later files over earlier ones. */
export const loadCompose = (files: readonly { readonly name: string; readonly text: string }[], cwd: string, variables: Variables): { readonly document: Yaml; readonly folder: string } => {
  const folder = files[0] === undefined || files[0].name === "-" ? cwd : dirname(inFolder(cwd, files[0].name));
  const documents = files.map(({ name, text }) => {
    const parsed = parseFile(name, text);
    const { version, ...rest } = parsed;
    // Extensions may say what they like.
    const document = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, key.startsWith("x-") ? value : interpolateAll(value, variables, key)]));
    assertCompose(version === undefined ? document : { version, ...document });
    const services = Object.fromEntries(Object.entries(isMap(document["services"]) ? document["services"] : {}).map(([key, service]) => [key, isMap(service) ? withEnvironment(service, folder, variables) : service]));
    return absolute({ ...(version === undefined ? {} : { version }), ...document, services }, folder);
  });
  const [first = {}, ...others] = documents;
  const merged = others.reduce((one, other) => merge(one, other, "", 0) as Yaml, first);
  return { document: Object.fromEntries(Object.entries(merged).filter(([key]) => !key.startsWith("x-"))), folder };
};

export const mapIn = (document: Yaml, key: string): Readonly<Record<string, Yaml>> => {
  const value = document[key];
  return isMap(value) ? Object.fromEntries(Object.entries(value).map(([name, thing]) => [name, isMap(thing) ? thing : {}])) : {};
};

export const readFiles = (names: readonly string[], cwd: string, input: string): readonly { readonly name: string; readonly text: string }[] =>
  names.map((name) => {
    if (name === "-") return { name, text: input };
    try {
      return { name, text: readFileSync(join(isAbsolute(name) ? "" : cwd, name), "utf8") };
    } catch {
      return refuse(`open ${name}: no such file or directory`);
    }
  });
