import { readdirSync } from "node:fs";
import { join } from "node:path";
import { readRegular } from "../files/regular-file.js";
import { rememberSecret } from "../redact.js";
import { bestEffort } from "../record/best-effort.js";
import { isSecretName } from "./secret-names.js";
import { findShapes } from "./secret-shapes.js";

/** Values that are not secrets whatever their name: masking them would black out half of every log. */
const ordinary = /^(?:true|false|yes|no|on|off|none|null|auto|default|https?|\d{1,3}|\$.*)$/i;
const shortest = 4;

const learn = (value: string): void => {
  if (value.length >= shortest && !ordinary.test(value)) rememberSecret(value);
};

/** Endings of names that are about a secret but do not hold one: `SECRET_DB_VERSION=v1` names it, `TOKEN_FILE` is a path to it. */
const isAbout = /_(?:version|file|path|name|length|ttl|url)$/i;

/** Learns the tokens that CI gave to this process, and the passwords in its proxies' addresses. */
export const learnFromEnvironment = (env: NodeJS.ProcessEnv): void => {
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined) continue;
    if (isSecretName(name) && !isAbout.test(name)) learn(value);
    const password = /^[a-z][\w+.-]*:\/\/[^/?#@:]*:([^/?#]+)@/i.exec(value.slice(0, 2_048))?.[1];
    if (password !== undefined) learn(password);
  }
};

const textMax = 1024 * 1024;

/** Prose has colons too: in "a new secret: read the notes" there is no value. */
const withoutComments = (text: string): string =>
  text
    .split("\n")
    .filter((line) => !/^\s*#/.test(line))
    .join("\n");

/** Learns what the operator's files for a recipe (`.env`, overlay, settings) have under the name of a secret. */
export const learnFromOperator = (folder: string): void => {
  for (const name of bestEffort(() => readdirSync(folder)) ?? []) {
    if (!/\.env(?:\.|$)|\.ya?ml$/.test(name)) continue;
    const text = bestEffort(() => withoutComments(readRegular(join(folder, name), textMax).toString("utf8")));
    if (text === null) continue;
    for (const { start, end } of findShapes(text).spans) learn(text.slice(start, end));
  }
};
