import { composeRefused, type Place } from "./compose-refused.js";
import { partsOf } from "./substitution.js";

/** The values of variables, and how many characters they may still add. */
export interface Variables {
  readonly lookup: ReadonlyMap<string, string>;
  left: number;
}

export const expansionMax = 4 * 1024 * 1024;

/**
 * The pattern of docker's own client, whose loader abra uses. Without braces a default extends to the end of the text,
 * and nothing nests: if A is not set, `${A:-${B}}` is `${B` followed by a brace.
 */
const pattern = /\$(?:(\$)|([_a-z][_a-z0-9]*(?::?[-?][^}]*)?)|\{([_a-z][_a-z0-9]*(?::?[-?][^}]*)?)\}|)/gi;

/** Why docker could not substitute. */
interface Refusal {
  readonly what: string;
  readonly hint?: string;
}

const valueOf = (substitution: string, { lookup }: Variables): string | Refusal => {
  const { name, form, rest } = partsOf(substitution);
  const value = lookup.get(name);
  if (value !== undefined && (value !== "" || !form.startsWith(":"))) return value;
  if (!form.endsWith("?")) return rest;
  return {
    what: `the variable ${name} is required and is not set`,
    hint: "Set it in .env.sample, or the operator sets it under env in recipe.yml.",
  };
};

/** A variable that a text reads. */
export interface Reading {
  readonly name: string;
  /** Whether it has a default for an unset variable. */
  readonly hasDefault: boolean;
  /** Whether docker refuses the file if the variable is not set. */
  readonly isRequired: boolean;
}

/** The variables that a text reads, as the same pattern finds them. */
export const readingsIn = (text: string): readonly Reading[] =>
  [...text.matchAll(pattern)].flatMap(([, , named, braced]) => {
    const all = named ?? braced;
    if (all === undefined) return [];
    const { name, form } = partsOf(all);
    return [{ name, hasDefault: form.endsWith("-"), isRequired: form.endsWith("?") }];
  });

const whyInvalid = (rest: string): Refusal => {
  const alternative = /^\$\{(\w+):?\+/.exec(rest)?.[1];
  return {
    what:
      alternative === undefined
        ? "a `$` that begins no variable: for the character itself, write `$$`"
        : `\${${alternative}:+…}, a form that docker stack deploy does not know`,
  };
};

/**
 * A text with its variables substituted once: values are not substituted again. Linear in the result.
 *
 * docker's client keeps only its last refusal, and forgets that at the next variable: `$? $A` becomes `? ` and the
 * value of A.
 */
export const substitute = (text: string, variables: Variables, at: Place): string => {
  if (!text.includes("$")) return text;
  const parts: string[] = [];
  let from = 0;
  let refusal: Refusal | null = null;
  for (const match of text.matchAll(pattern)) {
    const [all, escaped, named, braced] = match;
    const name = named ?? braced;
    const found = name === undefined ? (escaped ?? whyInvalid(text.slice(match.index, match.index + 100))) : valueOf(name, variables);
    if (escaped === undefined) refusal = typeof found === "string" ? null : found;
    const value = typeof found === "string" ? found : "";
    variables.left -= value.length;
    if (variables.left < 0) throw composeRefused(at, "its variables come to more than 4 MiB");
    parts.push(text.slice(from, match.index), value);
    from = match.index + all.length;
  }
  if (refusal !== null) throw composeRefused(at, refusal.what, refusal.hint);
  return parts.join("") + text.slice(from);
};
