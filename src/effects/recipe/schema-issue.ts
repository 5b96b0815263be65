import { isMap, isNode, isSeq, type Document, type LineCounter } from "yaml";
import { didYouMean } from "../did-you-mean.js";
import { isSecretName } from "../secrets/secret-names.js";
import { recipeSchema, type RecipeIssue } from "./recipe-schema.js";

const shownMax = 60;

/** The words of people who write YAML for types. */
const kinds: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  boolean: "true or false",
  Object: "a mapping of keys",
  Array: "a list",
};

/** The keys that a mapping at this path may have; for a list or a record, those of its items. */
const keysAt = (path: readonly string[]): readonly string[] => {
  let schema: unknown = recipeSchema;
  const inner = (of: unknown): unknown => {
    let found = of;
    while (typeof found === "object" && found !== null && "wrapped" in found) found = found.wrapped;
    const choices =
      typeof found === "object" && found !== null && "options" in found && Array.isArray(found.options)
        ? (found.options as readonly unknown[])
        : [];
    return choices.find((one) => typeof one === "object" && one !== null && "entries" in one) ?? found;
  };
  for (const key of path) {
    const at = inner(schema);
    if (typeof at !== "object" || at === null) return [];
    if ("entries" in at) schema = (at.entries as Readonly<Record<string, unknown>>)[key];
    else if ("item" in at) schema = at.item;
    else if ("value" in at) schema = at.value;
    else return [];
  }
  const at = inner(schema);
  return typeof at === "object" && at !== null && "entries" in at ? Object.keys(at.entries as object) : [];
};

/** The line of a key or an item, or of its nearest parent that exists. */
export const lineOf = (document: Document, lines: LineCounter, path: readonly (string | number)[]): number => {
  let at: unknown = document.contents;
  let offset = isNode(at) ? (at.range?.[0] ?? 0) : 0;
  for (const step of path) {
    let next: unknown;
    if (isMap(at)) {
      const pair = at.items.find(({ key }) => isNode(key) && "value" in key && String(key.value) === String(step));
      if (pair !== undefined && isNode(pair.key)) offset = pair.key.range?.[0] ?? offset;
      next = pair?.value;
    } else if (isSeq(at)) {
      next = at.items[Number(step)];
      if (isNode(next)) offset = next.range?.[0] ?? offset;
    }
    if (!isNode(next)) break;
    at = next;
  }
  return lines.linePos(offset).line;
};

/** The value there, as far as it may be shown: a setting of the app may be a secret. */
const foundWords = (path: readonly string[], value: unknown): string => {
  if (value === undefined || path.includes("env") || path.includes("upgradeEnv") || path.some(isSecretName)) return "";
  const shown = JSON.stringify(value) ?? String(value);
  return ` (found ${shown.length > shownMax ? `${shown.slice(0, shownMax)}…` : shown})`;
};

const problemOf = ({ kind, expected, message }: RecipeIssue): string =>
  kind === "schema" && message.startsWith("Invalid ") ? `must be ${kinds[expected ?? ""] ?? `one of ${expected ?? "others"}`}` : message;

type Path = NonNullable<RecipeIssue["path"]>;

/** If no option of a choice matches, the issue inside the option that was probably meant: a mapping for a mapping. */
const innermost = (
  issue: RecipeIssue,
  above: readonly Path[number][] = [],
): { readonly issue: RecipeIssue; readonly path: readonly Path[number][] } => {
  const path = [...above, ...(issue.path ?? [])];
  const inside = issue.type === "union" ? issue.issues?.find((one) => (one.path ?? []).length > 0) : undefined;
  return inside === undefined ? { issue, path } : innermost(inside, path);
};

/** Describes one error in a recipe.yml: in which line, what is there, and what was probably meant. */
export const describeIssue = (
  outermost: RecipeIssue,
  document: Document,
  lines: LineCounter,
): { readonly line: number; readonly text: string } => {
  const { issue, path: items } = innermost(outermost);
  const steps = items.map(({ key }) => (typeof key === "number" ? key : String(key)));
  const path = steps.map(String);
  const line = lineOf(document, lines, steps);
  const name = path.length === 0 ? "the file" : path.join(".");
  if (issue.type === "strict_object" && issue.expected === "never")
    return { line, text: `unknown key ${name}. ${didYouMean(path.at(-1) ?? "", keysAt(path.slice(0, -1)))}` };
  return { line, text: `${name} ${problemOf(issue)}${foundWords(path, issue.input)}` };
};
