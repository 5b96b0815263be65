import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { dockerSchema } from "../../../src/effects/compose/docker-schema.js";
import { refuse } from "../refusal.js";
import { interpolateAll, type Variables } from "./interpolate.js";
import { mergeSections, mergeServices } from "./merge.js";
import { loadObjects } from "./objects.js";
import { parseYaml } from "./parse-yaml.js";
import { assertCompose, assertNoneForbidden, isMap, versionIn, type Yaml } from "./schema.js";
import { loadService } from "./service.js";

interface Named {
  readonly name: string;
  readonly text: string;
}

const sections = ["services", "networks", "volumes", "secrets", "configs"] as const;

export const mapIn = (document: Yaml, key: string): Readonly<Record<string, Yaml>> => {
  const value = document[key];
  return isMap(value) ? Object.fromEntries(Object.entries(value).map(([name, thing]) => [name, isMap(thing) ? thing : {}])) : {};
};

/** Loads one file: substitutes variables, checks it, and brings every part into one form. */
const loadFile = ({ name, text }: Named, folder: string, variables: Variables): Yaml => {
  const parsed = parseYaml(name, text);
  assertNoneForbidden(parsed);
  const document = interpolateAll(parsed, variables, "", dockerSchema);
  if (!isMap(document)) return refuse("top-level object must be a mapping");
  assertCompose(document);
  const services = Object.fromEntries(
    Object.entries(mapIn(document, "services")).map(([key, service]) => [key, loadService(service, folder, variables)]),
  );
  return { ...("version" in document ? { version: document["version"] } : {}), services, ...loadObjects(document, folder) };
};

const put = (one: Yaml, other: Yaml): Yaml => {
  const [mine, later] = [mapIn(one, "services"), mapIn(other, "services")];
  const services = {
    ...mine,
    ...Object.fromEntries(
      Object.entries(later).map(([key, service]) => [key, mine[key] === undefined ? service : mergeServices(mine[key], service)]),
    ),
  };
  return {
    ...one,
    ...Object.fromEntries(sections.slice(1).map((key) => [key, mergeSections(mapIn(one, key), mapIn(other, key))])),
    services,
  };
};

/** Loads compose files one by one and merges them into one document, later ones over earlier ones. */
export const loadCompose = (files: readonly Named[], cwd: string, variables: Variables): { readonly document: Yaml } => {
  const [first] = files;
  const folder = first === undefined || (first.name === "-" && files.length === 1) ? cwd : dirname(resolve(cwd, first.name));
  const documents = files.map((file) => loadFile(file, folder, variables));
  const [version, ...others] = documents.map(versionIn);
  const other = others.find((one) => one !== version);
  if (other !== undefined) refuse(`version mismatched between two composefiles : ${version ?? ""} and ${other}`);
  return { document: documents.slice(1).reduce(put, documents[0] ?? {}) };
};

export const readFiles = (names: readonly string[], cwd: string, input: string): readonly Named[] =>
  names.map((name) => {
    if (name === "-") return { name, text: input };
    let bytes: Buffer;
    try {
      bytes = readFileSync(join(isAbsolute(name) ? "" : cwd, name));
    } catch {
      return refuse(`open ${name}: no such file or directory`);
    }
    return isUtf8(bytes) ? { name, text: bytes.toString() } : refuse("yaml: invalid UTF-8");
  });
