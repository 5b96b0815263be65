import { readFileSync } from "node:fs";
import { refuse } from "../refusal.js";
import { inFolder } from "./paths.js";
import { pairsOf } from "./pairs.js";
import type { Yaml } from "./schema.js";
import { valueIn, type Variables } from "./interpolate.js";

const variablesIn = (file: string, caller: Variables): Readonly<Record<string, string>> => {
  let text = "";
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return refuse(`open ${file}: no such file or directory`);
  }
  const lines = text
    .replace(/^\uFEFF/, "")
    .split("\n")
    .map((line) => line.replace(/\r$/, "").trimStart())
    .filter((line) => line !== "" && !line.startsWith("#"));
  return Object.fromEntries(
    lines.flatMap((line) => {
      const at = line.indexOf("=");
      const key = at === -1 ? line : line.slice(0, at);
      if (key === "") refuse(`invalid env file (${file}): no variable name on line '${line}'`);
      if (/[ \t]/.test(key)) refuse(`invalid env file (${file}): variable '${key}' contains whitespaces`);
      const value = at === -1 ? valueIn(caller, key) : line.slice(at + 1);
      return value === undefined ? [] : [[key, value]];
    }),
  );
};

/** A key without a value, or with an empty one, gets its value from the caller's environment, if that has one. */
const filled = (pairs: Readonly<Record<string, string | null>>, caller: Variables): Readonly<Record<string, string | null>> =>
  Object.fromEntries(
    Object.entries(pairs).map(([key, value]) => [key, value === null || value === "" ? (valueIn(caller, key) ?? value) : value]),
  );

/** The environment of a service's containers: its env_file, overridden by its `environment`. */
export const environmentOf = (service: Yaml, folder: string, caller: Variables): Readonly<Record<string, string | null>> => {
  const files = service["env_file"];
  const names = Array.isArray(files) ? files.map(String) : typeof files === "string" ? [files] : [];
  const fromFiles = names.reduce<Readonly<Record<string, string>>>(
    (all, name) => ({ ...all, ...variablesIn(inFolder(folder, name), caller) }),
    {},
  );
  return { ...filled(fromFiles, caller), ...filled(pairsOf(service["environment"]), caller) };
};
