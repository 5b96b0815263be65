import { readFileSync } from "node:fs";
import { loadCompose, mapIn, readFiles } from "../docker/compose/load.js";
import { parseYaml } from "../docker/compose/parse-yaml.js";
import { isMap, type Yaml } from "../docker/compose/schema.js";
import { Refusal } from "../docker/refusal.js";
import { composeFilesOf, type App } from "./app.js";
import { fatal } from "./fatal.js";

interface Wanted {
  /** As the compose files call it. */
  readonly name: string;
  /** On the server. */
  readonly fullName: string;
  readonly version: string;
  readonly length: number;
  readonly generate: boolean;
}

/** abra's own reader takes a file that says no version for one of this. */
export const withVersion = (text: string): string => (/^version\s*:/m.test(text) ? text : `version: "3.8"\n${text}`);

/** By the variable, what stands behind its value: `SECRET_DB_PASSWORD_VERSION=v1 # length=32 generate=false`. */
const modifiersIn = (env: string): readonly (readonly [string, string])[] =>
  env.split("\n").flatMap((line) => {
    const [, variable, modifiers = ""] = /^([A-Za-z_]\w*)=\S*\s*(.*)$/.exec(line) ?? [];
    return variable === undefined ? [] : [[variable, modifiers] as const];
  });

const usedIn = (document: Yaml): ReadonlySet<string> =>
  new Set(
    Object.values(mapIn(document, "services")).flatMap((service) =>
      Array.isArray(service["secrets"]) ? service["secrets"].map((use: unknown) => String(isMap(use) ? use["source"] : use)) : [],
    ),
  );

const rawNameOf = ({ name, external }: Yaml): string => String(name ?? (isMap(external) ? external["name"] : undefined) ?? "");

/**
 * The external secrets that a service of the compose files uses. Their names come from those files, with the .env's variables
 * and without abra.sh's exports, and the version is what stands behind the last `_`. The .env's line counts for a secret if its
 * variable stands in the secret's name.
 */
const wantedIn = (app: App): readonly Wanted[] => {
  const files = readFiles(composeFilesOf(app), app.recipeDir, "").map(({ name, text }) => ({ name, text: withVersion(text) }));
  const { document } = loadCompose(files, app.recipeDir, { ...app.env, STACK_NAME: app.stack });
  const raw = Object.assign({}, ...files.map(({ name, text }) => mapIn(parseYaml(name, text), "secrets"))) as Readonly<
    Record<string, Yaml>
  >;
  const modifiers = modifiersIn(readFileSync(app.file, "utf8"));
  const used = usedIn(document);
  return Object.entries(mapIn(document, "secrets")).flatMap(([name, secret]) => {
    if (secret["external"] !== true || !used.has(name)) return [];
    const fullName = rawNameOf(secret);
    const version = fullName.slice(fullName.lastIndexOf("_") + 1);
    if (version === "") fatal(`missing version for secret? (${name})`);
    const said = modifiers
      .filter(([variable]) => rawNameOf(raw[name] ?? {}).includes(variable))
      .map(([, text]) => text)
      .join(" ");
    return { name, fullName, version, length: Number(/length=(\d+)/.exec(said)?.[1] ?? 32), generate: !/generate=false/.test(said) };
  });
};

export const wantedSecrets = (app: App): readonly Wanted[] => {
  try {
    return wantedIn(app);
  } catch (error) {
    if (error instanceof Refusal) return fatal(error.message);
    throw error;
  }
};
