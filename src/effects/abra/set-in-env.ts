import { RunError } from "../../machines/errors.js";
import type { RecipeSettings } from "../../machines/vocabulary.js";
import { assignmentsIn, settingsIn } from "./env-file.js";
import { readAssignments } from "./env-grammar.js";

/** Ways to write a value, the plainest first. Its quotes, dollars and backslashes decide which of them is read back unchanged. */
const spellings = (value: string): readonly string[] => [
  ...(/^[\w./:@,+%-]*$/.test(value) ? [value] : []),
  `'${value}'`,
  `"${value
    .replaceAll(/[\\"$]/g, (char) => `\\${char}`)
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")}"`,
  value,
];

const means = (spelled: string, value: string): boolean => {
  const { assignments, problem } = readAssignments(`A=${spelled}\n`);
  return problem === null && assignments.length === 1 && assignments[0]?.value === value;
};

/**
 * `KEY=value` in a form that abra reads back unchanged. Throws `recipe-settings-invalid` for the few values that the grammar cannot
 * express.
 */
const assignment = (key: string, value: string): string => {
  const spelled = spellings(value).find((one) => means(one, value));
  if (spelled !== undefined) return `${key}=${spelled}`;
  throw new RunError("recipe-settings-invalid", `the value of ${key} cannot be written into an .env`, {
    hint: "The .env's grammar has no way to write this mix of quotes and backslashes at the end of a value: change the value.",
  });
};

/** The comment with the blanks before it; empty if there is none. */
const commentBehind = (assigned: string): string => {
  const end = assigned.slice(Math.max(...["\n", '"', "'"].map((last) => assigned.lastIndexOf(last))) + 1);
  const found = /(?<![ \t])[ \t]+#/.exec(end);
  return found === null ? "" : end.slice(found.index);
};

/** Keeps the comment behind a value: abra reads a secret's length there. */
const inPlaceOf = (old: string, key: string, value: string): string => {
  const spelled = assignment(key, value);
  const comment = commentBehind(old);
  return means(`${spelled.slice(key.length + 1)}${comment}`, value) ? spelled + comment : spelled;
};

const withLineEnd = (text: string): string => (text === "" || text.endsWith("\n") ? text : `${text}\n`);

/**
 * The .env with these variables set to exactly these texts. The first assignment of a key is replaced in its place, so that
 * what refers to it below sees the new value; later ones are removed. A new key is added at the end.
 */
export const setInEnv = (text: string, file: string, wanted: Readonly<Record<string, string>>): string => {
  const left = new Map(Object.entries(wanted));
  const parts: string[] = [];
  let from = 0;
  for (const { key, start, end } of assignmentsIn(text, file)) {
    const value = wanted[key];
    if (value === undefined || !Object.hasOwn(wanted, key)) continue;
    parts.push(text.slice(from, start), left.delete(key) ? inPlaceOf(text.slice(start, end), key, value) : "");
    from = end;
  }
  const changed = parts.join("") + text.slice(from);
  return [withLineEnd(changed), ...[...left].map(([key, value]) => `${assignment(key, value)}\n`)].join("");
};

/** Variables of recipe.yml, with the app's domain in the place of `{domain}`. */
export const withDomain = (env: Readonly<Record<string, string>>, domain: string): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(env).map(([key, value]) => [key, value.replaceAll("{domain}", domain)]));

/** The .env with more compose files after those that it names. */
export const withComposeFiles = (text: string, file: string, more: readonly string[]): string => {
  const named = (settingsIn(text, file)["COMPOSE_FILE"] || "compose.yml").split(":").filter((name) => name !== "");
  const added = more.filter((name) => !named.includes(name));
  return added.length === 0 ? text : `${withLineEnd(text)}${assignment("COMPOSE_FILE", [...named, ...added].join(":"))}\n`;
};

/** The .env with everything that recipe.yml sets in it. */
export const withRecipeEnv = (
  text: string,
  file: string,
  { env, compose }: Pick<RecipeSettings, "env" | "compose">,
  domain: string,
): string => withComposeFiles(setInEnv(text, file, withDomain(env, domain)), file, compose);
